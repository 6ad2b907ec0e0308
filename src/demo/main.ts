import { constants } from 'node:os';
import { createApp } from '../app';
import { type Config, readConfig } from '../config/config';
import { StartupError } from '../shared/errors';
import { createLogger } from '../shared/logger';
import { createClient } from './client';
import { type Options, readOptions, USAGE } from './options';
import { play, type Summary } from './play';
import { createProgress } from './progress';

/** The process edge: command line, environment, signals and exit code. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const begun = performance.now();
  const stopping = stopOnSignals();
  try {
    const summary = await withApi(options, stopping, (url) =>
      play({
        ...options,
        ask: createClient(url),
        now: Date.now(),
        signal: stopping,
        progress: createProgress(process.stderr),
      }),
    );
    process.stdout.write(describe(summary, options, (performance.now() - begun) / 1000));
  } catch (error) {
    // A start that was asked to stop fails with a message that says no more than that.
    if (!(stopping.aborted && error instanceof StartupError)) throw error;
  }
  if (!stopping.aborted) {
    process.stdout.write(`Next: ${nextStep(options)}\n`);
    return 0;
  }
  process.stdout.write('Stopped. The next run goes on from here.\n');
  return 128 + constants.signals[stopping.reason as NodeJS.Signals];
}

/** Aborted, with the signal's name, when the process is asked to end. Ctrl-C under npm arrives twice: that is one. */
function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => stopping.abort(signal);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return stopping.signal;
}

/** Without --url, the API is this process's own, on the database that the server uses. */
async function withApi<Result>(
  { url }: Options,
  stopping: AbortSignal,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (url !== undefined) return work(url);
  const config = ownConfig();
  const logger = createLogger(config.logLevel, process.stderr);
  const app = createApp(config, { logger, purpose: 'demo', database: 'join' });
  const stopEarly = (): void => void app.stop().catch(() => {});
  stopping.addEventListener('abort', stopEarly);
  try {
    const ownUrl = await app.start();
    // From here on the requests that run come first.
    stopping.removeEventListener('abort', stopEarly);
    return await work(ownUrl);
  } finally {
    await app.stop();
  }
}

/**
 * The server's configuration, but for the address: the server may be listening on its own. What goes wrong for
 * the demo it says itself, in a line; a log is for whoever asks for it.
 */
function ownConfig(): Config {
  const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'error' });
  return { ...config, host: '127.0.0.1', port: 0 };
}

function describe(
  { start, versions, published, recorded, duplicates }: Summary,
  { clusters }: Options,
  seconds: number,
) {
  const since = new Date(start).toISOString().slice(0, 16);
  return (
    `Published ${published} new of ${versions} versions. ${clusters} clusters since ${since}Z: ` +
    `${recorded} check-ins recorded, ${duplicates} duplicates, in ${seconds.toFixed(1)} s.\n`
  );
}

function nextStep({ url }: Options): string {
  if (url !== undefined) return `open ${url} in a browser and explore the API.`;
  const { host, port } = readConfig(process.env);
  return `npm start (unless the server runs already), then open http://${host}:${port}/graphql in a browser and explore the API.`;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const message =
      error instanceof StartupError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`workflow-manager-api demo: ${message}\n`);
    process.exit(1);
  },
);
