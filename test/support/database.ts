import { randomBytes } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';

export const TEMPLATE = 'workflow_manager_template';

function serverConfig(): ClientConfig {
  return JSON.parse(process.env.TEST_SERVER ?? '{}');
}

/** The URL of a database on the tests' server. */
export function urlOf(database: string): string {
  const { host, port, user, password } = serverConfig();
  const credentials = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(String(password ?? ''))}`;
  const url = `postgres://${credentials}@localhost:${port}/${database}`;
  return host?.startsWith('/')
    ? `${url}?host=${encodeURIComponent(host)}`
    : url.replace('@localhost', `@${host}`);
}

/** Runs SQL past the product, on a database of the tests' server (undefined: the server's own). */
export async function runSql<Row = Record<string, unknown>>(
  database: string | undefined,
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ ...serverConfig(), ...(database && { database }) });
  await client.connect();
  try {
    return (await client.query(sql, parameters)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** A database of its own for one test file: a copy of the bootstrapped template, or an empty one. */
export async function createTestDatabase(template = TEMPLATE): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runSql(undefined, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE ${template}`);
  return {
    name,
    url: urlOf(name),
    sql: (sql, parameters) => runSql(name, sql, parameters),
    drop: async () => void (await runSql(undefined, `DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  sql<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}
