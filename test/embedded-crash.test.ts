import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, cp, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { FileLock } from '../src/persistence/targets/embedded/lock';
import {
  AS_ROOT,
  EmbeddedWorkspace,
  eventually,
  isAlive,
  osUser,
  query,
  refusal,
} from './support/embedded-workspace';

const prepared = new EmbeddedWorkspace();
const preparedDir = prepared.dataDir();
beforeAll(async () => (await prepared.open(preparedDir)).close());
afterAll(() => prepared.cleanUp());

let workspace: EmbeddedWorkspace;
beforeEach(() => {
  workspace = new EmbeddedWorkspace();
});
afterEach(() => {
  jest.restoreAllMocks();
  return workspace.cleanUp();
});

jest.setTimeout(30_000);

describe('sharing a data folder', () => {
  test('a second owner is refused, and the first is unharmed', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const server = workspace.process({ dataDir });
    const connection = await server.connection();
    const pid = await workspace.postmasterPid(dataDir);

    const message = await refusal(workspace.open(dataDir));
    expect(message).toContain(dataDir);
    expect(message).toContain(`process ${server.child.pid} (server`);
    expect(message).toContain('set DATA_DIR to another folder');
    expect(await workspace.postmasterPid(dataDir)).toBe(pid);
    expect(await query(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a copy of a data folder that only links to its database is kept off it as well', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const elsewhere = join(workspace.root, 'elsewhere');
    await rename(join(dataDir, 'postgres'), elsewhere);
    await symlink(elsewhere, join(dataDir, 'postgres'));
    const copy = workspace.dataDir('copy');
    await cp(dataDir, copy, { recursive: true, verbatimSymlinks: true });

    const server = workspace.process({ dataDir });
    const connection = await server.connection();
    const message = await refusal(workspace.open(copy));
    expect(message).toContain(`in use by process ${server.child.pid} (server`);
    expect(message).toContain('with another DATA_DIR');
    expect(await query(connection, 'select 1 as one')).toEqual([{ one: 1 }]);

    await server.kill();
    const next = await workspace.open(copy);
    expect(await query(next.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('of two owners that start at the same instant, exactly one wins', async () => {
    const dataDir = workspace.dataDir();
    const both = [workspace.process({ dataDir }), workspace.process({ dataDir })];
    const errors = await Promise.all(both.map((one) => one.error()));

    const winner = both[errors.indexOf('')];
    const [loserError] = errors.filter((error) => error !== '');
    expect(loserError).toMatch(/^StartupError: DATA_DIR .* is in use by /);
    expect(await query((await winner?.connection()) ?? {}, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a command joins a server, also one that is just creating its database, and leaves it running', async () => {
    const dataDir = workspace.dataDir();
    const server = workspace.process({ dataDir });
    await eventually(async () => existsSync(join(dataDir, 'postgres.new')) || undefined);

    const joined = await workspace.open(dataDir, 'join');
    expect(joined.description).toContain(`process ${server.child.pid} (server`);
    const connection = await server.connection();
    expect(joined.connection).toEqual(connection);
    await joined.close();
    expect(await query(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a command starts the database when nobody owns it, and stops it again', async () => {
    const dataDir = workspace.dataDir();
    const target = await workspace.open(dataDir, 'join');
    expect(await query(target.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    const pid = await workspace.postmasterPid(dataDir);
    await target.close();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('processes that die', () => {
  test('after kill -9 of the owner, the next one takes over with every acknowledged row', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const server = workspace.process({ dataDir });
    const connection = await server.connection();
    await query(connection, 'create table acknowledged (n int)');
    const writer = new Client(connection);
    writer.on('error', () => {});
    await writer.connect();
    let acknowledged = 0;
    const write = async (): Promise<void> => {
      await writer.query('insert into acknowledged values ($1)', [acknowledged + 1]);
      acknowledged += 1;
      return write();
    };
    const writing = write().catch(() => {});
    await eventually(async () => acknowledged > 50 || undefined);
    await server.kill();
    const orphan = await workspace.postmasterPid(dataDir);
    expect(isAlive(orphan)).toBe(true);

    const successor = await workspace.open(dataDir);
    await writing;
    await writer.end().catch(() => {});
    expect(isAlive(orphan)).toBe(false);
    const [row] = await query(successor.connection, 'select count(*)::int as rows from acknowledged');
    expect(row?.rows).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(50);
  });

  test('a database that dies is started again at the same address', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const target = await workspace.open(dataDir);
    await query(target.connection, 'create table kept as select 42 as answer');
    const busy = new Client(target.connection);
    busy.on('error', () => {});
    await busy.connect();
    const atWork = once(busy, 'notice');
    // A session that is at work does not notice the death of its postmaster at once.
    const work = busy.query(`do $$ begin
      raise notice 'at work';
      while clock_timestamp() < statement_timestamp() + interval '0.3 s' loop end loop;
    end $$`);
    const worked = work.catch(() => {});
    await atWork;
    const pid = await workspace.postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');

    const rows = await eventually(() => query(target.connection, 'select answer from kept'));
    expect(rows).toEqual([{ answer: 42 }]);
    expect(await workspace.postmasterPid(dataDir)).not.toBe(pid);
    await worked;
    await busy.end().catch(() => {});
  });

  test('closing while the database is being started again leaves no process', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const target = await workspace.open(dataDir);
    const pid = await workspace.postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => ((await workspace.postmasterPid(dataDir)) === pid ? undefined : true));
    await target.close();

    // PostgreSQL and all its processes hold it; its log's writer is the last to leave.
    const lock = await eventually(async () => FileLock.tryAcquire(join(dataDir, 'database.lock')));
    lock.release();
    const last = await workspace.postmasterPid(dataDir);
    expect(last === 0 || !isAlive(last)).toBe(true);
  });

  test('a process that has got the number of a dead database is left alone', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    await (await workspace.open(dataDir)).close();
    // As the user that runs the database: PostgreSQL itself is taken in by that.
    const sleeper = workspace.spawn('sleep', ['60'], { stdio: 'ignore', ...(AS_ROOT && osUser('postgres')) });
    const pgdata = join(dataDir, 'postgres');
    const stale = `${sleeper.pid}\n${pgdata}\n1700000000\n5432\n.\n\n  1 1\nready   \n`;
    await writeFile(join(pgdata, 'postmaster.pid'), stale);
    await writeFile(join(pgdata, '.s.PGSQL.5432.lock'), stale);

    const target = await workspace.open(dataDir);
    expect(await query(target.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(isAlive(sleeper.pid as number)).toBe(true);
  });

  test('a signal to the process group of the server does not reach the database', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const server = workspace.process({ dataDir });
    const connection = await server.connection();
    process.kill(-(server.child.pid as number), 'SIGINT');
    await server.ended;

    expect(await query(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('stopping during a start', () => {
  test('a signal to the process group of the server lets it finish creating its database, and end', async () => {
    const dataDir = workspace.dataDir();
    const server = workspace.process({ dataDir, closesAtSigint: true });
    await eventually(async () => creates(dataDir) || undefined);
    process.kill(-(server.child.pid as number), 'SIGINT');
    expect(await server.ended).toBe(0);
    expect(readdirSync(dataDir).sort()).toEqual(['database.lock', 'owner.lock', 'password', 'postgres']);

    const target = await workspace.open(dataDir);
    expect(await query(target.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  /** Stops the opening once `reached`, and sees that it ends at once and leaves the folder free. */
  async function stopOnce(
    reached: () => Promise<unknown>,
    { dataDir, mode }: { dataDir: string; mode: 'own' | 'join' },
  ): Promise<void> {
    const stopping = new AbortController();
    const refused = refusal(workspace.open(dataDir, mode, stopping.signal));
    await eventually(async () => (await reached()) || undefined);
    const begin = performance.now();
    stopping.abort();
    expect(await refused).toBe('Stopped before the start was complete.');
    expect(performance.now() - begin).toBeLessThan(2_000);
  }

  function isTaken(path: string): boolean {
    const lock = FileLock.tryAcquire(path);
    lock?.release();
    return lock === undefined;
  }

  test('before it began', async () => {
    const dataDir = workspace.dataDir();
    expect(await refusal(workspace.open(dataDir, 'own', AbortSignal.abort()))).toMatch(/^Stopped/);
    expect(existsSync(dataDir)).toBe(false);
  });

  test('while it creates the database', async () => {
    const dataDir = workspace.dataDir();
    await stopOnce(async () => creates(dataDir), { dataDir, mode: 'own' });
    expect(readdirSync(dataDir).sort()).toEqual(['database.lock', 'owner.lock', 'password']);
    expect(isTaken(join(dataDir, 'database.lock'))).toBe(false);
  });

  test('while it waits for what an earlier run has left', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const leftOver = FileLock.tryAcquire(join(dataDir, 'database.lock'));
    const waiting = jest.spyOn(FileLock, 'acquire');
    await stopOnce(async () => waiting.mock.calls.length > 0, { dataDir, mode: 'own' });
    expect(isTaken(join(dataDir, 'owner.lock'))).toBe(false);
    leftOver?.release();
  });

  test('while a command waits for an owner that never becomes ready', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const owner = FileLock.tryAcquire(join(dataDir, 'owner.lock'));
    const waiting = jest.spyOn(FileLock, 'tryAcquire');
    await stopOnce(async () => waiting.mock.calls.length > 1, { dataDir, mode: 'join' });
    owner?.release();
  });

  test('while the database recovers', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    // A standby without a source recovers for ever.
    await appendFile(join(dataDir, 'postgres', 'postgresql.conf'), '\nhot_standby = off\n');
    await writeFile(join(dataDir, 'postgres', 'standby.signal'), '');
    let pid = 0;
    const recovering = async () => {
      pid = await workspace.postmasterPid(dataDir);
      return pid !== 0 && recovers(dataDir);
    };
    await stopOnce(recovering, { dataDir, mode: 'own' });
    expect(isAlive(pid)).toBe(false);
    expect(isTaken(join(dataDir, 'owner.lock'))).toBe(false);
  });
});

/** Whether initdb is at work, past its first tries, at which it takes no notice of signals. */
function creates(dataDir: string): boolean {
  return existsSync(join(dataDir, 'postgres.new', 'global', 'pg_control'));
}

function recovers(dataDir: string): boolean {
  const log = join(dataDir, 'postgres', 'log');
  return (
    existsSync(log) &&
    readdirSync(log).some((name) => readFileSync(join(log, name), 'utf8').includes('entering standby mode'))
  );
}
