import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { createApp } from '../src/app';
import { createLogger } from '../src/shared/logger';
import { createTestApp } from './support/app';
import { createTestDatabase, runSql, type TestDatabase } from './support/database';
import { refusedStart, SERVER, startServer, stopServers } from './support/server';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase('template0');
});
afterEach(async () => {
  await stopServers();
  await database.drop();
});

const tables = async (): Promise<string[]> => {
  const rows = await database.sql<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};

it('an empty database gets the product shape, with PostgreSQL’s own names', async () => {
  const app = await createTestApp(database);
  await app.stop();
  expect(await tables()).toEqual(['clusters', 'clusters_checkins', 'versions']);
  const columns = await database.sql(`
    SELECT table_name || '.' || column_name AS name, data_type AS type, character_maximum_length AS length,
           column_default AS default, is_nullable AS nullable
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`);
  const column = (name: string, type: string, more: object = {}) => ({
    name,
    type,
    length: null,
    default: null,
    nullable: 'YES',
    ...more,
  });
  const TIMESTAMP = 'timestamp without time zone';
  expect(columns).toEqual([
    column('clusters.cluster_id', 'uuid', { nullable: 'NO' }),
    column('clusters.first_seen', TIMESTAMP),
    column('clusters.last_seen', TIMESTAMP, { default: 'CURRENT_TIMESTAMP' }),
    column('clusters.data', 'json'),
    column('clusters_checkins.checkins_id', 'bigint', {
      nullable: 'NO',
      default: "nextval('clusters_checkins_checkins_id_seq'::regclass)",
    }),
    column('clusters_checkins.cluster_id', 'uuid'),
    column('clusters_checkins.created_at', TIMESTAMP),
    column('clusters_checkins.data', 'json'),
    column('versions.version_id', 'bigint', {
      nullable: 'NO',
      default: "nextval('versions_version_id_seq'::regclass)",
    }),
    column('versions.component_name', 'character varying', { length: 64 }),
    column('versions.train', 'character varying', { length: 24 }),
    column('versions.version', 'character varying', { length: 32 }),
    column('versions.release_timestamp', TIMESTAMP),
    column('versions.data', 'json'),
  ]);
  const constraints = await database.sql<{ name: string; definition: string }>(`
    SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u') ORDER BY 1`);
  expect(constraints).toEqual([
    { name: 'clusters_checkins_cluster_id_created_at_key', definition: 'UNIQUE (cluster_id, created_at)' },
    { name: 'clusters_checkins_pkey', definition: 'PRIMARY KEY (checkins_id)' },
    { name: 'clusters_pkey', definition: 'PRIMARY KEY (cluster_id)' },
    {
      name: 'versions_component_name_train_version_key',
      definition: 'UNIQUE (component_name, train, version)',
    },
    { name: 'versions_pkey', definition: 'PRIMARY KEY (version_id)' },
  ]);
});

it('many processes may start at once on an empty database', async () => {
  const servers = await Promise.all(
    Array.from({ length: 6 }, () => startServer({ DATABASE_URL: database.url })),
  );
  expect(await tables()).toEqual(['clusters', 'clusters_checkins', 'versions']);
  const codes = await Promise.all(servers.map((server) => server.stop()));
  expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
});

it('processes that are killed while they create the schema leave nothing that keeps the next one from it', async () => {
  for (const delayMs of [0, 80, 160, 200, 240, 280, 320, 360, 400, 440, 480, 520, 600, 700]) {
    const killed: ChildProcess[] = Array.from({ length: 2 }, () =>
      spawn(process.execPath, [SERVER], {
        env: { PATH: process.env.PATH, PORT: '0', DATABASE_URL: database.url },
        stdio: 'ignore',
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await Promise.all(killed.map((server) => (server.kill('SIGKILL') ? once(server, 'exit') : undefined)));
    expect([0, 3]).toContain((await tables()).length);
  }
  const server = await startServer({ DATABASE_URL: database.url });
  expect(await tables()).toHaveLength(3);
  expect(await server.stop()).toBe(0);
});

it('a database with a column and rows that the product does not know is served, and both stay', async () => {
  const first = await createTestApp(database);
  await first.stop();
  await database.sql(`
    ALTER TABLE clusters ADD COLUMN customer_tier text DEFAULT 'gold';
    CREATE INDEX their_own_idx ON clusters (customer_tier);
    CREATE TABLE theirs (id int PRIMARY KEY);
    INSERT INTO theirs VALUES (7);
    INSERT INTO clusters (cluster_id, customer_tier, data) VALUES (gen_random_uuid(), 'silver', '{"id":  "as it is"}')`);
  const second = await createTestApp(database);
  const { clusters } = await second.query('{ clusters { nodes { data } } }');
  await second.stop();
  expect(clusters.nodes).toEqual([{ data: { id: 'as it is' } }]);
  expect(await database.sql('SELECT customer_tier, data::text FROM clusters')).toEqual([
    { customer_tier: 'silver', data: '{"id":  "as it is"}' },
  ]);
  expect(await database.sql('SELECT * FROM theirs')).toEqual([{ id: 7 }]);
  expect(await database.sql("SELECT 1 AS found FROM pg_indexes WHERE indexname = 'their_own_idx'")).toEqual([
    { found: 1 },
  ]);
});

it('a database in another shape is refused with the differences named, and nothing of it is changed', async () => {
  await database.sql(`
    CREATE TABLE clusters (cluster_id uuid PRIMARY KEY, data json, more text);
    INSERT INTO clusters VALUES ('8c6da034-c8b1-489a-a55d-a2215d93f934', '{}', 'x');
    CREATE TABLE versions (component_name varchar(32) PRIMARY KEY, data json)`);
  const message = await refusedStart({ DATABASE_URL: database.url });
  expect(message).toMatch(/not in the shape that this version works with, and was left as it is/);
  expect(message).toContain('column clusters.first_seen: missing');
  expect(message).toContain('table clusters_checkins: missing');
  expect(message).toContain(
    'column versions.component_name: is "character varying(32) NOT NULL", expected "character varying(64)"',
  );
  expect(message).not.toContain('more');
  expect(await tables()).toEqual(['clusters', 'versions']);
  expect(await database.sql('SELECT * FROM clusters')).toEqual([
    { cluster_id: '8c6da034-c8b1-489a-a55d-a2215d93f934', data: {}, more: 'x' },
  ]);
});

it('a missing index or key is a difference', async () => {
  await (await createTestApp(database)).stop();
  await database.sql(
    'ALTER TABLE clusters_checkins DROP CONSTRAINT clusters_checkins_cluster_id_created_at_key; DROP INDEX clusters_last_seen_idx',
  );
  const message = await refusedStart({ DATABASE_URL: database.url });
  expect(message).toContain(
    'constraint clusters_checkins.clusters_checkins_cluster_id_created_at_key: missing',
  );
  expect(message).toContain('index clusters.clusters_last_seen_idx: missing');
  expect(message).not.toContain('versions');
});

it('a key that a distributed PostgreSQL needs is as good as ours', async () => {
  await (await createTestApp(database)).stop();
  await database.sql(
    'ALTER TABLE clusters_checkins DROP CONSTRAINT clusters_checkins_pkey, ADD PRIMARY KEY (cluster_id, checkins_id)',
  );
  const app = await createTestApp(database);
  await app.stop();
});

it('a database in another encoding is refused', async () => {
  await database.drop();
  const client = new Client({ connectionString: database.url.replace(database.name, 'postgres') });
  await client.connect();
  await client.query(
    `CREATE DATABASE ${database.name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
  );
  await client.end();
  expect(await refusedStart({ DATABASE_URL: database.url })).toMatch(/encoded in LATIN1.*ENCODING 'UTF8'/);
  expect(await tables()).toEqual([]);
});

it('a view in the place of a table is refused, and stays', async () => {
  await database.sql('CREATE VIEW clusters AS SELECT 1 AS one');
  expect(await refusedStart({ DATABASE_URL: database.url })).toContain(
    'table clusters: is "no table", expected "a table"',
  );
  expect(await database.sql('SELECT * FROM clusters')).toEqual([{ one: 1 }]);
});

it.each(['App', 'a b'])('a schema named %s is looked at, and no other', async (schema) => {
  const quoted = `"${schema}"`;
  await database.sql(`
    CREATE SCHEMA ${quoted}; CREATE SCHEMA app;
    ALTER DATABASE ${database.name} SET search_path = ${quoted};
    CREATE TABLE ${quoted}.clusters (cluster_id uuid PRIMARY KEY, note text);
    INSERT INTO ${quoted}.clusters VALUES (gen_random_uuid(), 'kept')`);
  expect(await refusedStart({ DATABASE_URL: database.url })).toContain('column clusters.last_seen: missing');
  expect(await database.sql(`SELECT note FROM ${quoted}.clusters`)).toEqual([{ note: 'kept' }]);
  await database.sql(`DROP TABLE ${quoted}.clusters`);
  const app = await createTestApp(database);
  expect(await app.query('{ clusters { totalCount } }')).toEqual({ clusters: { totalCount: 0 } });
  await app.stop();
});

it('a foreign sequence with a name of ours is refused before anything is created', async () => {
  await database.sql('CREATE SEQUENCE clusters_checkins_checkins_id_seq');
  expect(await refusedStart({ DATABASE_URL: database.url })).toContain('table clusters: missing');
  expect(await tables()).toEqual([]);
});

it.each([
  [
    'may create no tables',
    (url: string) => `${url}${url.includes('?') ? '&' : '?'}options=-c%20role%3Dpg_read_all_data`,
  ],
  [
    'may not write',
    (url: string) => `${url}${url.includes('?') ? '&' : '?'}options=-c%20default_transaction_read_only%3Don`,
  ],
])('a user who %s is told so in one line', async (_, change) => {
  await database.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  expect(await refusedStart({ DATABASE_URL: change(database.url) })).toMatch(
    /^workflow-manager-api: The database refuses what the start needs: /,
  );
  expect(await tables()).toEqual([]);
});

it('a user who may open one connection only is told so in one line', async () => {
  await runSql(undefined, "CREATE ROLE one_connection LOGIN PASSWORD 'one-secret' CONNECTION LIMIT 1");
  try {
    const url = database.url.replace(/\/\/[^@]*@/, '//one_connection:one-secret@');
    expect(await refusedStart({ DATABASE_URL: url })).toMatch(/too many connections for role/);
  } finally {
    await runSql(undefined, 'DROP ROLE one_connection');
  }
});

it('a start that is told to stop at once ends, also while another holds the lock', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('SELECT pg_advisory_lock(7236519402)');
  for (const delayMs of [0, 2, 5, 10, 20, 50]) {
    const app = createApp(
      { host: '127.0.0.1', port: 0, logLevel: 'silent', databaseUrl: database.url, dataDir: '' },
      { logger: createLogger('silent') },
    );
    const starting = app.start().catch(() => 'stopped');
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await app.stop();
    expect(await starting).toBe('stopped');
  }
  await client.end();
});

it('a server waits for one that is at work, and a stop ends the waiting', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('SELECT pg_advisory_lock(7236519402)');
  const waiting = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, PORT: '0', DATABASE_URL: database.url },
  });
  const waits = async (): Promise<boolean> =>
    (await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rows.length >
    0;
  while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await tables()).toEqual([]);
  waiting.kill('SIGTERM');
  const [code] = await once(waiting, 'exit');
  expect(code).toBe(0);
  await client.end();
});

it.each([
  [
    'a server that is not there',
    (url: string) => url.replace(/@.*$/, '@127.0.0.1:1/x'),
    /Cannot use the database .*ECONNREFUSED/,
  ],
  [
    'a socket that is not there',
    () => 'postgres://user:wrong-secret@/db?host=/nowhere',
    /Cannot use the database .*ENOENT/,
  ],
  [
    'a database that is not there',
    (url: string) => url.replace(database.name, 'nowhere'),
    /database "nowhere" does not exist/,
  ],
  [
    'a wrong password',
    (url: string) => url.replace(/:[^:@]*@/, ':wrong-secret@'),
    /password authentication failed/,
  ],
])('%s is a one-line error that gives no secret away', async (_, change, expected) => {
  const message = await refusedStart({ DATABASE_URL: change(database.url) });
  expect(message).toMatch(expected);
  expect(message).toMatch(/Check DATABASE_URL/);
  expect(message).not.toContain('wrong-secret');
  const [, password = ''] = /:([^:@]*)@/.exec(database.url) ?? [];
  expect(message).not.toContain(password);
});
