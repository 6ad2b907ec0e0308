import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from './support/database';
import { uuid } from './support/seed';
import { type RunningServer, SERVER, startServer } from './support/server';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'workflow-manager-process-'));
  chmodSync(dataDir, 0o755);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

interface Answer {
  data: { checkIn: { duplicate: boolean }; clusters: { totalCount: number } };
  errors?: unknown[];
}

async function ask(server: RunningServer, query: string) {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, ...((await response.json()) as Answer) };
}

const checkIn = (server: RunningServer, n: number) =>
  ask(server, `mutation { checkIn(input: { clusterId: "${uuid(n)}", components: [] }) { duplicate } }`);

const countClusters = async (server: RunningServer): Promise<number> =>
  (await ask(server, '{ clusters(first: 1) { totalCount } }')).data.clusters.totalCount;

/** What a server that refuses to start says in one line. */
async function refusedStart(env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, ...env },
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
  expect(complaint.trim().split('\n')).toHaveLength(1);
  return complaint.trim();
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
      const running = Array.from({ length: 40 }, (_, n) => checkIn(server, n));
      // The first answer is there, the others are on their way.
      await Promise.race(running);
      process.kill(-(server.process.pid as number), signal);
      const [answers] = await Promise.all([Promise.allSettled(running), once(server.process, 'exit')]);
      expect(server.process.exitCode).toBe(0);
      expect(lives(database)).toBe(false);
      expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);

      // Whatever was answered is there; what came too late for the server was refused, not lost in silence.
      const recorded = answers.filter(
        (answer) => answer.status === 'fulfilled' && answer.value.data?.checkIn,
      ).length;
      expect(recorded).toBeGreaterThan(0);
      const next = await startServer({ DATA_DIR: dataDir });
      expect(await countClusters(next)).toBeGreaterThanOrEqual(recorded);
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
    await new Promise((resolve) => setTimeout(resolve, 700));
    server.process.kill('SIGKILL');
    await Promise.all([once(server.process, 'exit'), stopped]);
    expect(acknowledged).toBeGreaterThan(20);
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
    const deadline = Date.now() + 20_000;
    while ((await ask(server, '{ clusters { totalCount } }')).errors && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await countClusters(server)).toBe(1);
    expect((await fetch(new URL('/readyz', server.url))).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });

  it('keeps a second server off its DATA_DIR, and is not disturbed by it', async () => {
    const server = await startServer({ DATA_DIR: dataDir });
    const message = await refusedStart({});
    expect(message).toContain(dataDir);
    expect(message).toContain(String(server.process.pid));
    expect((await checkIn(server, 1)).data.checkIn.duplicate).toBe(false);
    expect(await server.stop()).toBe(0);
  });
});

describe('a server on a database of its operator', () => {
  it('answers a request that runs when it is told to stop, and takes no new ones', async () => {
    const database = await createTestDatabase();
    const server = await startServer({ DATABASE_URL: database.url });
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE clusters IN ACCESS EXCLUSIVE MODE');
    const running = checkIn(server, 1);
    while ((await database.sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length === 0);
    server.process.kill('SIGTERM');
    while (
      !(await fetch(server.url).then(
        () => false,
        () => true,
      ))
    );
    await holder.query('COMMIT');
    await holder.end();
    expect((await running).data).toEqual({ checkIn: { duplicate: false } });
    await once(server.process, 'exit');
    expect(server.process.exitCode).toBe(0);
    await database.drop();
  });

  it('leaves after its deadline of 10 seconds even if a request does not end', async () => {
    const database = await createTestDatabase();
    const server = await startServer({ DATABASE_URL: database.url });
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE clusters IN ACCESS EXCLUSIVE MODE');
    const running = checkIn(server, 1).then(
      () => 'answered',
      () => 'cut off',
    );
    while ((await database.sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length === 0);
    const before = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - before).toBeGreaterThan(9_500);
    expect(Date.now() - before).toBeLessThan(14_000);
    expect(await running).toBe('cut off');
    await holder.end();
    await database.drop();
  });
});

describe('a start that cannot succeed says so in one line', () => {
  it('where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const message = await refusedStart({ PORT: String(port) });
    expect(message).toMatch(new RegExp(`Port ${port} on 127.0.0.1 is taken.*set PORT`));
    other.close();
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('where HOST is no address of this machine', async () => {
    expect(await refusedStart({ HOST: '192.0.2.1' })).toMatch(
      /HOST 192.0.2.1 is no address of this machine; set HOST/,
    );
  });

  it('where DATA_DIR is a file', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(await refusedStart({ DATA_DIR: join(dataDir, 'file') })).toMatch(/DATA_DIR .*file/);
  });

  it('where the configuration is wrong, naming everything at once and starting nothing', async () => {
    const message = await refusedStart({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://user:hidden-secret@host/x',
      HOST: 'a b',
    });
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'HOST'])
      expect(message).toContain(`${name} must be`);
    expect(message).not.toContain('hidden-secret');
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });
});
