import pg, { type ClientConfig } from 'pg';
import { DataSource, type EntityTarget, type Logger as TypeOrmLogger } from 'typeorm';
import { StartupError } from '../shared/errors';
import type { Logger } from '../shared/logger';
import type { DatabaseTarget } from './targets/target';

export interface DataSourceOptions {
  readonly connection: ClientConfig;
  readonly entities: readonly EntityTarget<object>[];
  readonly logger: Logger;
}

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

/** Types that JavaScript would damage: they stay PostgreSQL's text and are read where they are needed. */
const KEPT_AS_TEXT = new Set<number>([pg.types.builtins.TIMESTAMP, pg.types.builtins.JSON]);

/** What every connection of the product shares: UTC, ISO times, UTF-8, and times and JSON as text. */
export function connectionConfig(connection: ClientConfig): ClientConfig {
  return {
    ...connection,
    application_name: connection.application_name ?? 'workflow-manager-api',
    options:
      `${connection.options ?? ''} -c TimeZone=UTC -c DateStyle=ISO,YMD -c client_encoding=UTF8`.trim(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        KEPT_AS_TEXT.has(oid)
          ? (text: string) => text
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  };
}

/** A DataSource that never changes the schema by itself. The server and the TypeORM CLI use the same one. */
export function createDataSource({ connection, entities, logger }: DataSourceOptions): DataSource {
  const dataSource = new DataSource({
    type: 'postgres',
    entities: [...entities] as never[],
    synchronize: false,
    installExtensions: false,
    poolSize: POOL_SIZE,
    extra: connectionConfig(connection),
    logger: new StatementLogger(logger),
    poolErrorHandler: (error: unknown) => {
      // A pool that was ended may still see the server close the connections that it has given up.
      logger[dataSource.isInitialized ? 'warn' : 'debug']({ err: error }, 'a database connection was lost');
    },
  });
  return dataSource;
}

/**
 * Connects, and proves it. Throws a `StartupError` that says what to look at where the database cannot be used.
 */
export async function connectDataSource(options: {
  target: DatabaseTarget;
  entities: DataSourceOptions['entities'];
  logger: Logger;
}): Promise<DataSource> {
  const { target, entities, logger } = options;
  try {
    return await createDataSource({ connection: target.connection, entities, logger }).initialize();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new StartupError(
      `Cannot use the database ${target.description}: ${message || code}. Check DATABASE_URL, and that the server runs.`,
      { cause: error },
    );
  }
}

/**
 * Closes the connections. One whose statement does not end is given up after a moment: the process that asked for
 * it is leaving.
 */
export async function closeDataSource(dataSource: DataSource): Promise<void> {
  const closed = dataSource.destroy();
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref())]);
}

/** Statements go to the log at level `trace`, without their parameters. */
class StatementLogger implements TypeOrmLogger {
  constructor(private readonly logger: Logger) {}

  logQuery(statement: string): void {
    if (!this.logger.isLevelEnabled('trace')) return;
    this.logger.trace({ statement: statement.replace(/\s+/g, ' ') }, 'statement');
  }
  logQueryError(error: string | Error, statement: string): void {
    this.logger.debug({ err: error, statement: statement.replace(/\s+/g, ' ') }, 'statement failed');
  }
  logQuerySlow(): void {}
  logSchemaBuild(message: string): void {
    this.logger.debug(message);
  }
  logMigration(message: string): void {
    this.logger.info(message);
  }
  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    this.logger[level === 'warn' ? 'warn' : 'debug'](String(message));
  }
}
