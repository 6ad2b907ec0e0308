import { createApp } from './app';
import { readConfig } from './config/config';
import { StartupError } from './shared/errors';
import { createLogger } from './shared/logger';

/** The process edge: environment, signals and exit code. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const app = createApp(config, { logger });

  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Ctrl-C under npm arrives twice: from the terminal and from npm.
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    try {
      await app.stop();
      logger.info('stopped');
      process.exit(0);
    } catch (error) {
      logger.fatal({ err: error }, 'stopping failed');
      process.exit(1);
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The terminal is closed.
  process.on('SIGHUP', stop);

  try {
    await app.start();
  } catch (error) {
    if (!stopping) throw error;
  }
}

main().catch((error: unknown) => {
  const unforeseen = error instanceof Error ? error.stack : String(error);
  // Names of files and databases may hold line breaks.
  const message = error instanceof StartupError ? error.message.replace(/\s*\n\s*/g, ' ') : unforeseen;
  process.stderr.write(`workflow-manager-api: ${message}\n`);
  process.exit(1);
});
