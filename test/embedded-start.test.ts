import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AS_ROOT,
  EmbeddedWorkspace,
  eventually,
  isAlive,
  osUser,
  PROJECT,
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
afterEach(() => workspace.cleanUp());

jest.setTimeout(30_000);

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

describe('folders that cannot be used', () => {
  test('a database that does not start is refused with the reason from its log', async () => {
    const dataDir = workspace.copyOf(preparedDir);
    const wal = join(dataDir, 'postgres', 'pg_wal');
    for (const name of readdirSync(wal)) if (/^[0-9A-F]{24}$/.test(name)) await rm(join(wal, name));
    const logs = join(dataDir, 'postgres', 'log');
    for (const name of readdirSync(logs)) await appendFile(join(logs, name), 'of earlier\n'.repeat(100_000));

    expect(await refusal(workspace.open(dataDir))).toMatch(/did not start \(could not .* checkpoint record/);
    expect(await workspace.postmasterPid(dataDir)).toBe(0);
  });

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
