import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { findDatabase } from '../src/persistence/targets/index';
import { createLogger } from '../src/shared/logger';
import { createTestDatabase, type TestDatabase } from './support/database';
import { uuid } from './support/seed';
import { type RunningServer, refusedStart, startServer, stopServers } from './support/server';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'workflow-manager-process-'));
  chmodSync(dataDir, 0o755);
});
afterEach(async () => {
  await stopServers();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Answer {
  data: { checkIn: { duplicate: boolean }; clusters: { totalCount: number } };
  errors?: unknown[];
}

async function ask(server: RunningServer, query: string, signal?: AbortSignal) {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
  return { status: response.status, ...((await response.json()) as Answer) };
}

const checkIn = (server: RunningServer, n: number, signal?: AbortSignal) =>
  ask(
    server,
    `mutation { checkIn(input: { clusterId: "${uuid(n)}", components: [] }) { duplicate } }`,
    signal,
  );

const countClusters = async (server: RunningServer): Promise<number> =>
  (await ask(server, '{ clusters(first: 1) { totalCount } }')).data.clusters.totalCount;

/** Waits, for 20 seconds at most, until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await holds()); await sleep(10)) {
    if (Date.now() > deadline) throw new Error(`in vain: ${holds}`);
  }
}

const ended = (server: RunningServer): Promise<void> => until(() => server.process.exitCode !== null);

/** Keeps everybody else off the clusters, until it is released. */
async function holdTable(connection: ClientConfig) {
  const client = new Client(connection);
  // The server may stop the database before we have left it.
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN; LOCK TABLE clusters IN ACCESS EXCLUSIVE MODE');
  const waiting =
    'SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())';
  return {
    waitForWaiting: (count: number) => until(async () => (await client.query(waiting)).rows.length >= count),
    async release() {
      await client.query('COMMIT');
      await client.end().catch(() => {});
    },
  };
}

/** Whether a process runs; one that has ended and was not yet collected by its parent does not. */
function lives(pid: number): boolean {
  if (!existsSync('/proc/self/stat')) return spawnSync('ps', ['-p', String(pid)]).status === 0;
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

const postmasterPid = (): number =>
  Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

describe('a server on the embedded database', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'finishes what runs at %s to its whole process group, stops the database and exits 0',
    async (signal) => {
      const server = await startServer({ DATA_DIR: dataDir }, { detached: true });
      const database = postmasterPid();
      const { connection } = await findDatabase({
        databaseUrl: undefined,
        dataDir,
        mode: 'join',
        purpose: 'test',
        logger: createLogger('silent'),
      });
      const holder = await holdTable(connection);
      const running = Array.from({ length: 8 }, (_, n) => checkIn(server, n));
      await holder.waitForWaiting(8);
      process.kill(-(server.process.pid as number), signal);
      await until(() =>
        fetch(server.url).then(
          () => false,
          () => true,
        ),
      );
      await holder.release();
      for (const { data } of await Promise.all(running))
        expect(data).toEqual({ checkIn: { duplicate: false } });
      await ended(server);
      expect(server.process.exitCode).toBe(0);
      expect(lives(database)).toBe(false);
      expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);

      const next = await startServer({ DATA_DIR: dataDir });
      expect(await countClusters(next)).toBe(8);
      expect(await next.stop()).toBe(0);
    },
  );

  it('killed with -9 under load loses nothing it acknowledged, and the next start takes the database over', async () => {
    const server = await startServer({ DATA_DIR: dataDir });
    const orphan = postmasterPid();
    let acknowledged = 0;
    const writing = Array.from({ length: 8 }, async (_, worker) => {
      for (let n = 0; ; n++) {
        const { data } = await checkIn(server, worker * 10_000 + n);
        if (data?.checkIn) acknowledged++;
      }
    });
    const stopped = Promise.allSettled(writing);
    await until(() => acknowledged > 50);
    server.process.kill('SIGKILL');
    await Promise.all([once(server.process, 'exit'), stopped]);
    expect(lives(orphan)).toBe(true);

    const next = await startServer({ DATA_DIR: dataDir });
    expect(lives(orphan)).toBe(false);
    expect(await countClusters(next)).toBeGreaterThanOrEqual(acknowledged);
    expect((await checkIn(next, 99_999_999)).errors).toBeUndefined();
    expect(await next.stop()).toBe(0);
  });

  it('goes on by itself when its database process is killed', async () => {
    const server = await startServer({ DATA_DIR: dataDir });
    await checkIn(server, 1);
    process.kill(postmasterPid(), 'SIGKILL');
    await until(async () => !(await ask(server, '{ clusters { totalCount } }')).errors);
    expect(await countClusters(server)).toBe(1);
    expect((await fetch(new URL('/readyz', server.url))).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });

  it('keeps a second server off its DATA_DIR, and is not disturbed by it', async () => {
    const server = await startServer({ DATA_DIR: dataDir });
    const message = await refusedStart({ DATA_DIR: dataDir });
    expect(message).toContain(dataDir);
    expect(message).toContain(String(server.process.pid));
    expect((await checkIn(server, 1)).data.checkIn.duplicate).toBe(false);
    expect(await server.stop()).toBe(0);
  });
});

describe('a server on a database of its operator', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let holder: Awaited<ReturnType<typeof holdTable>>;

  beforeEach(async () => {
    database = await createTestDatabase();
    server = await startServer({ DATABASE_URL: database.url });
    holder = await holdTable({ connectionString: database.url });
  });
  afterEach(async () => {
    await stopServers();
    await database.drop();
  });

  it('answers a request that runs when it is told to stop, and takes no new ones', async () => {
    const running = checkIn(server, 1);
    await holder.waitForWaiting(1);
    server.process.kill('SIGTERM');
    await until(() =>
      fetch(server.url).then(
        () => false,
        () => true,
      ),
    );
    await holder.release();
    expect((await running).data).toEqual({ checkIn: { duplicate: false } });
    await ended(server);
    expect(server.process.exitCode).toBe(0);
  });

  it('leaves after its deadline of 10 seconds even if a request does not end', async () => {
    const running = checkIn(server, 1).then(
      () => 'answered',
      () => 'cut off',
    );
    await holder.waitForWaiting(1);
    const before = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - before).toBeGreaterThan(9_500);
    expect(Date.now() - before).toBeLessThan(14_000);
    expect(await running).toBe('cut off');
    const [line] = server.log.filter(({ msg }) => msg === 'request');
    expect(line).toMatchObject({ aborted: true, operation: 'anonymous mutation' });
    expect(line).not.toHaveProperty('status');
    await holder.release();
  });

  it('does not wait for connections on which nothing runs', async () => {
    await holder.release();
    const { port } = new URL(server.url);
    const sockets = ['', 'POST /graphql HTT', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'].map((text) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(text);
      return socket;
    });
    await until(() => server.log.some(({ path }) => path === '/healthz'));
    const before = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - before).toBeLessThan(3_000);
    for (const socket of sockets) socket.destroy();
  });

  it('is not ready while all its connections wait, and logs a request that its client gives up', async () => {
    const client = new AbortController();
    const running = Array.from({ length: 10 }, (_, n) =>
      checkIn(server, n, client.signal).catch(() => 'given up'),
    );
    await holder.waitForWaiting(10);
    const before = Date.now();
    expect((await fetch(new URL('/readyz', server.url))).status).toBe(503);
    expect(Date.now() - before).toBeLessThan(4_000);
    expect((await fetch(new URL('/healthz', server.url))).status).toBe(200);
    client.abort();
    expect(new Set(await Promise.all(running))).toEqual(new Set(['given up']));
    await until(() => server.log.filter(({ aborted }) => aborted === true).length === 10);
    await holder.release();
    await until(async () => (await fetch(new URL('/readyz', server.url))).status === 200);
  });
});
