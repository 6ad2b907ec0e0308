import { type SpawnOptions, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';

/** Another user of the operating system, as whom the database runs because PostgreSQL refuses to be root. */
export interface OsUser {
  uid: number;
  gid: number;
}

const USER_NAME = 'postgres';

/** Tried in turn: shadow-utils (Debian, Red Hat …), then BusyBox (Alpine). */
const CREATE_USER = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER_NAME],
  ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', USER_NAME],
] as const;

/**
 * As whom to run the database: undefined, ourselves, unless we are root. Root follows the owner of a data
 * folder that exists (a user's own, or one from an image with other ids), and otherwise takes the user
 * `postgres`, which is created where it is missing.
 */
export async function findDatabaseUser(pgdata: string, logger: Logger): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(pgdata).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUpUser()) ?? (await createUser(logger));
}

async function lookUpUser(): Promise<OsUser | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', USER_NAME]), run('id', ['-g', USER_NAME])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function createUser(logger: Logger): Promise<OsUser> {
  const problems: string[] = [];
  for (const [program, ...args] of CREATE_USER) {
    const result = await run(program, args);
    const user = await lookUpUser();
    if (user) {
      logger.info(
        { user: USER_NAME },
        'created a user of the operating system to run the embedded database as',
      );
      return user;
    }
    problems.push(`${program}: ${result.stderr.split('\n')[0]}`);
  }
  throw new StartupError(
    `The embedded database cannot run as root, and no user "${USER_NAME}" could be created (${problems.join('; ')}): ` +
      `create that user, start the server as an ordinary user, or set DATABASE_URL`,
  );
}

/** Whether `user` can go into a folder, tried by that very user: modes alone don't tell (ACLs, root squash). */
export async function canEnter(folder: string, user: OsUser): Promise<boolean> {
  const result = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { user });
  return result.code === 0;
}

/**
 * The environment of everything started here: fixed, so that no PG* variable, locale or time zone of the
 * caller has a say in what the database becomes.
 */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

interface RunOptions {
  /** Undefined: as ourselves. */
  user?: OsUser | undefined;
  input?: string;
  /** An open file that the process keeps as its descriptor 3 for as long as it, or a child of it, lives. */
  keepOpen?: number;
  /** Kills it, and whatever it has started, at once: for a program whose work is then thrown away. */
  signal?: AbortSignal;
}

interface RunResult {
  /** Null when it could not be started or was ended by a signal. */
  code: number | null;
  stdout: string;
  /** Also says why it could not be started. */
  stderr: string;
}

/**
 * What all processes started here have in common. Each leads a process group of its own: Ctrl-C in a terminal is
 * for the server, which ends them in time.
 */
export function spawnOptions(user: OsUser | undefined): SpawnOptions {
  return { cwd: '/', env: ENVIRONMENT, detached: true, ...(user && { uid: user.uid, gid: user.gid }) };
}

/** Runs a program to its end. Never rejects: what went wrong is in the result. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const { user, input, keepOpen, signal } = options;
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const failed = (error: Error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}` });
    try {
      const child = spawn(program, args, {
        ...spawnOptions(user),
        stdio: ['pipe', 'pipe', 'pipe', keepOpen ?? 'ignore'],
      });
      const killAll = () => child.pid && process.kill(-child.pid, 'SIGKILL');
      signal?.addEventListener('abort', killAll);
      child.on('exit', () => signal?.removeEventListener('abort', killAll));
      child.stdout?.on('data', (chunk) => {
        stdout += chunk;
      });
      child.stderr?.on('data', (chunk) => {
        stderr += chunk;
      });
      // A program that ends without reading its input is judged by its exit code.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input ?? '');
      child.on('error', failed);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    } catch (error) {
      // Node throws some failures to start (EACCES for one) instead of emitting them.
      failed(error as Error);
    }
  });
}

/** The one line of PostgreSQL's words that says what is wrong. */
export function reasonIn(output: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/(LOG|HINT|DETAIL):/.test(line));
  const telling = lines.find((line) => /(FATAL|PANIC|error):/.test(line)) ?? lines[0];
  return telling?.replace(/^.*?(FATAL|PANIC|error):\s*/, '').trim();
}
