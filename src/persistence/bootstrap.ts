import { Client, type ClientConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { StartupError } from '../shared/errors';
import type { Logger } from '../shared/logger';
import { connectionConfig } from './data-source';
import { inspectShape } from './schema/inspect';
import { differencesFromProduct, PRODUCT_TABLES } from './schema/product-shape';
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
  await client.connect();
  signal.addEventListener('abort', () => void client.end(), { once: true });
  try {
    await requireUsableServer(client);
    await client.query('SELECT pg_advisory_lock($1)', [START_UP_LOCK]);
    await createSchemaIfEmpty(client, dataSource, logger);
    await requireProductShape(client);
  } finally {
    await client.end();
  }
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
  for (let attempt = 1; (await inspectShape(client, PRODUCT_TABLES)).size === 0; attempt++) {
    try {
      await dataSource.synchronize();
      logger.info('created the schema in an empty database');
    } catch (error) {
      if (attempt === ATTEMPTS || !CREATED_MEANWHILE.has(sqlstateOf(error))) throw error;
    }
  }
}

async function requireProductShape(client: Client): Promise<void> {
  const differences = differencesFromProduct(await inspectShape(client, PRODUCT_TABLES));
  if (differences.length === 0) return;
  throw new StartupError(
    `The database is not in the shape that this version works with, and was left as it is. It differs in: ${differences.join('; ')}. ` +
      'Point DATABASE_URL at an empty database, or at one that this version created.',
  );
}
