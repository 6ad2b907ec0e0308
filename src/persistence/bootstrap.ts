import { Client, type ClientConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { StartupError } from '../shared/errors';
import type { Logger } from '../shared/logger';
import { connectionConfig } from './data-source';
import { inspectShape } from './schema/inspect';
import { differencesFromProduct, PRODUCT_RELATIONS } from './schema/product-shape';
import { SQLSTATE, sqlstateOf } from './sqlstate';

export interface BootstrapOptions {
  readonly connection: ClientConfig;
  readonly dataSource: DataSource;
  readonly logger: Logger;
  /** Ends the waiting for other processes. */
  readonly signal: AbortSignal;
}

/** Any number will do, as long as every process takes the same one. */
const START_UP_LOCK = 7_236_519_402;
const OLDEST_SERVER_VERSION = 130_000;
/** A process that was killed while creating the schema may still commit it under the next one's hands. */
const ATTEMPTS = 5;
const CREATED_MEANWHILE = new Set<string | undefined>([
  SQLSTATE.uniqueViolation,
  SQLSTATE.duplicateTable,
  SQLSTATE.duplicateObject,
  SQLSTATE.deadlockDetected,
]);

/**
 * Creates the schema on an empty database, and refuses every database that is not product-shaped. Safe with many
 * processes at once and when interrupted: one process at a time works, under a lock of its own session, and
 * TypeORM's `synchronize` is one transaction that only ever sees a database without any of the tables.
 * Throws `StartupError`.
 */
export async function bootstrap({ connection, dataSource, logger, signal }: BootstrapOptions): Promise<void> {
  const client = new Client(connectionConfig(connection));
  client.on('error', () => {}); // A lost connection fails the statement that needs it.
  const leave = (): void => void client.end();
  try {
    await client.connect();
    signal.addEventListener('abort', leave, { once: true });
    signal.throwIfAborted();
    await requireUsableServer(client);
    await client.query('SELECT pg_advisory_lock($1)', [START_UP_LOCK]);
    await createSchemaIfEmpty(client, dataSource, logger);
    await requireProductShape(client);
  } catch (error) {
    throw error instanceof StartupError || signal.aborted ? error : explain(error as Error);
  } finally {
    signal.removeEventListener('abort', leave);
    await client.end();
  }
}

/** What the server refuses (no right to create tables, a read-only database …) is its operator's to mend. */
function explain(error: Error): StartupError {
  return new StartupError(
    `The database refuses what the start needs: ${error.message}. Let the user of DATABASE_URL create tables in a ` +
      'database that can be written to.',
    { cause: error },
  );
}

async function requireUsableServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string; version: string; schema: string | null }>(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num') AS version,
            current_schema() AS schema`,
  );
  const { encoding, version, schema } = rows[0] ?? {};
  if (encoding !== 'UTF8') {
    throw new StartupError(
      `The database is encoded in ${encoding}, which cannot hold every text. Create one with ENCODING 'UTF8'.`,
    );
  }
  if (Number(version) < OLDEST_SERVER_VERSION) {
    throw new StartupError(`The PostgreSQL server is older than version 13 (${version}). Upgrade it.`);
  }
  if (schema == null) {
    throw new StartupError(
      'No schema of the search_path exists in the database. Create one, or set search_path.',
    );
  }
}

async function createSchemaIfEmpty(client: Client, dataSource: DataSource, logger: Logger): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Anything that has one of our names makes it a database that `synchronize` must not touch.
    if ((await inspectShape(client, PRODUCT_RELATIONS)).size > 0) return;
    try {
      await dataSource.synchronize();
      logger.info('created the schema in an empty database');
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !CREATED_MEANWHILE.has(sqlstateOf(error))) throw error;
    }
  }
}

async function requireProductShape(client: Client): Promise<void> {
  const differences = differencesFromProduct(await inspectShape(client, PRODUCT_RELATIONS));
  if (differences.length === 0) return;
  throw new StartupError(
    `The database is not in the shape that this version works with, and was left as it is. It differs in: ${differences.join('; ')}. ` +
      'Use an empty database, or one that this version created: set DATABASE_URL, or DATA_DIR for the embedded one.',
  );
}
