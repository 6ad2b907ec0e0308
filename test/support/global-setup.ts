import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app';
import { findDatabase } from '../../src/persistence/targets/index';
import type { DatabaseTarget } from '../../src/persistence/targets/target';
import { createLogger, type Logger } from '../../src/shared/logger';
import { runSql, TEMPLATE, urlOf } from './database';

declare global {
  var testServer: DatabaseTarget | undefined;
}

/**
 * One real PostgreSQL for the run: the one at TEST_DATABASE_URL (its user must be allowed to create databases),
 * else the embedded engine in a folder of its own. The product itself makes the template that each file clones.
 */
export default async function setUp(): Promise<void> {
  const logger = createLogger('error');
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-manager-tests-'));
  // As root, the database runs as another user, who must get there; else its data would go to /var/lib.
  chmodSync(dataDir, 0o755);
  const target = await findDatabase({
    databaseUrl: process.env.TEST_DATABASE_URL,
    dataDir,
    purpose: 'tests',
    mode: 'own',
    logger,
  });
  globalThis.testServer = target;
  const giveBack = async (): Promise<void> => {
    await target.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  // Interrupted, Jest leaves without its teardown, and the database would run on.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void giveBack().finally(() => process.exit(1)));
  }
  process.env.TEST_SERVER = JSON.stringify(target.connection);
  process.env.TEST_DATA_DIR = dataDir;
  try {
    await makeTemplate(logger);
  } catch (error) {
    // Jest tears nothing down that was not set up.
    await giveBack();
    throw error;
  }
}

async function makeTemplate(logger: Logger): Promise<void> {
  await runSql(undefined, `DROP DATABASE IF EXISTS ${TEMPLATE}`);
  await runSql(undefined, `CREATE DATABASE ${TEMPLATE} ENCODING 'UTF8' TEMPLATE template0`);
  const app = createApp(
    { host: '127.0.0.1', port: 0, logLevel: 'error', databaseUrl: urlOf(TEMPLATE), dataDir: '' },
    { logger },
  );
  await app.start();
  await app.stop();
}
