import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { StartupError } from '../src/shared/errors';
import { EmbeddedWorkspace, eventually, query } from './support/embedded-workspace';

const AS_ROOT = process.getuid?.() === 0;
const PROJECT = join(__dirname, '..');

const prepared = new EmbeddedWorkspace();
const preparedDir = prepared.dataDir();
beforeAll(async () => (await prepared.open(preparedDir)).close());
afterAll(() => prepared.cleanUp());

let workspace: EmbeddedWorkspace;
beforeEach(() => {
  workspace = new EmbeddedWorkspace();
});
afterEach(() => workspace.cleanUp());

jest.setTimeout(30_000);

/** The message of a StartupError, which must be one line. */
async function refusal(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StartupError);
  const { message } = error as StartupError;
  expect(message).not.toContain('\n');
  return message;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended stays a zombie until its parent asks.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function osUser(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

describe('starting', () => {
  test('the first start creates a UTF-8 database, whatever the locale', async () => {
    const dataDir = workspace.dataDir();
    const server = workspace.process({ dataDir, env: { LC_ALL: 'C', LANG: 'C', PGTZ: 'Asia/Tokyo' } });
    const connection = await server.connection();

    const [row] = await query(
      connection,
      `select current_setting('server_encoding') as encoding, datlocprovider as provider, datlocale as locale,
         current_setting('TimeZone') as zone, current_setting('data_checksums') as checksums,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, 'ä' < 'z' as bytewise,
         upper('ä') as upper
       from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
      zone: 'UTC',
      checksums: 'on',
      fsync: 'on',
      commit: 'on',
      bytewise: false,
      upper: 'Ä',
    });
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(readdirSync(dataDir).sort()).toEqual(['database.lock', 'owner.lock', 'password', 'postgres']);
  });

  test('a restart keeps the data, and closing leaves no process', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const first = await workspace.open(dataDir);
    await query(first.connection, 'create table kept as select 42 as answer');
    const pid = await workspace.postmasterPid(dataDir);
    await Promise.all([first.close(), first.close()]);
    expect(isAlive(pid)).toBe(false);

    const second = await workspace.open(dataDir);
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('what an interrupted first start has left is not trusted', async () => {
    const dataDir = workspace.dataDir();
    const interrupted = workspace.process({ dataDir });
    await eventually(async () => existsSync(join(dataDir, 'postgres.new', 'base')) || undefined);
    await interrupted.kill();
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);

    const target = await workspace.open(dataDir);
    expect(await query(target.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir).filter((name) => name.includes('.new'))).toEqual([]);
  });

  test('a path too long for a socket is served on the loopback interface', async () => {
    const dataDir = workspace.dataDir('long'.repeat(30));
    const target = await workspace.open(dataDir);
    expect(target.connection.host).toBe('127.0.0.1');
    expect(await query(target.connection, 'select 1 as one')).toEqual([{ one: 1 }]);

    const joined = await workspace.process({ dataDir, mode: 'join' }).connection();
    expect(joined).toEqual(target.connection);
  });

  test('a lost password is replaced, a wrong one is refused', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const first = await workspace.open(dataDir);
    await query(first.connection, 'create table kept as select 42 as answer');
    await first.close();

    await rm(join(dataDir, 'password'));
    const second = await workspace.open(dataDir);
    expect(second.connection.password).not.toBe(first.connection.password);
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.close();

    await writeFile(join(dataDir, 'password'), 'another');
    const message = await refusal(workspace.open(dataDir));
    expect(message).toContain(join(dataDir, 'password'));
    expect(await workspace.postmasterPid(dataDir)).toBe(0);
  });
});

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
    // A session that is at work does not notice the death of its postmaster at once.
    const busy = query(target.connection, 'select count(*) from generate_series(1, 3000000)').catch(() => {});
    await sleep(50);
    const pid = await workspace.postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');

    const rows = await eventually(() => query(target.connection, 'select answer from kept'));
    expect(rows).toEqual([{ answer: 42 }]);
    expect(await workspace.postmasterPid(dataDir)).not.toBe(pid);
    await busy;
  });

  test('closing while the database is being started again leaves no process', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const target = await workspace.open(dataDir);
    const pid = await workspace.postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => ((await workspace.postmasterPid(dataDir)) === pid ? undefined : true));
    await target.close();

    await sleep(200);
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

describe('folders that cannot be used', () => {
  test('a database of another major version is refused', async () => {
    const dataDir = workspace.dataDir();
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');

    const message = await refusal(workspace.open(dataDir));
    expect(message).toContain('was written by PostgreSQL 17');
    expect(message).toContain('pg_dump');
    expect(readdirSync(join(dataDir, 'postgres'))).toEqual(['PG_VERSION']);
  });

  test("somebody else's files are not overwritten", async () => {
    const dataDir = workspace.dataDir();
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'thesis.txt'), 'chapter one');

    expect(await refusal(workspace.open(dataDir))).toContain('holds files but no database');
    expect(readFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'utf8')).toBe('chapter one');
  });

  test('a link that leads nowhere is refused: an empty database would hide that one is missing', async () => {
    const dataDir = workspace.dataDir();
    await mkdir(dataDir);
    await symlink(join(workspace.root, 'gone'), join(dataDir, 'postgres'));

    expect(await refusal(workspace.open(dataDir))).toContain('cannot be read (ENOENT)');
  });

  test('a file, and a place where nothing can be written, are refused', async () => {
    const file = workspace.dataDir('file');
    await writeFile(file, 'not a folder');
    expect(await refusal(workspace.open(file))).toContain(`DATA_DIR ${file} cannot be used (ENOTDIR)`);

    // Not even root can write there.
    const closed = '/proc/self/data';
    expect(await refusal(workspace.open(closed))).toContain(`DATA_DIR ${closed} cannot be used (E`);
  });
});

describe('users of the operating system', () => {
  test('an ordinary user runs the database as itself', async () => {
    const dataDir = workspace.dataDir();
    await mkdir(dataDir);
    const user = AS_ROOT ? osUser('nobody') : undefined;
    if (user) execFileSync('chown', [`${user.uid}:${user.gid}`, dataDir]);
    const server = workspace.process({ dataDir, user });

    // A clone in a closed home of root's can be built there, but not run by anyone else.
    const reachable = !user || canEnter(PROJECT, user);
    if (!reachable) return expect(await server.error()).toContain('DATABASE_URL');
    expect(await query(await server.connection(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(user?.uid ?? process.getuid?.());
  });

  test('a closed data folder: for root, the database goes where its user can reach it', async () => {
    const parent = join(workspace.root, 'closed');
    await mkdir(parent, { mode: 0o700 });
    const dataDir = workspace.dataDir('closed', 'data');
    const first = await workspace.open(dataDir);
    await query(first.connection, 'create table kept as select 42 as answer');
    await first.close();

    expect(lstatSync(join(dataDir, 'postgres')).isSymbolicLink()).toBe(AS_ROOT);
    expect(String(first.connection.host).startsWith(AS_ROOT ? workspace.sharedDir : dataDir)).toBe(true);
    const second = await workspace.open(dataDir);
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('a closed project folder: for root, the engine is copied to where its user can reach it', async () => {
    const project = join(workspace.root, 'home', 'project');
    await mkdir(join(workspace.root, 'home'), { mode: 0o700 });
    await cp(join(PROJECT, 'dist', 'src'), join(project, 'dist', 'src'), { recursive: true });
    await symlink(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
    const server = workspace.process({ dataDir: workspace.copyOf(preparedDir), project });

    expect(await query(await server.connection(), 'select 1 as one')).toEqual([{ one: 1 }]);
    const shared = existsSync(workspace.sharedDir) ? readdirSync(workspace.sharedDir) : [];
    expect(shared.filter((name) => name.startsWith('engine-18')).length).toBe(AS_ROOT ? 1 : 0);
  });
});

function canEnter(folder: string, user: { uid: number; gid: number }): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
