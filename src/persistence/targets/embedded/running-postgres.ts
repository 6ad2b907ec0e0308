import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { FileLock } from './lock';
import { run } from './run-as';

/** What PostgreSQL writes about itself into PGDATA/postmaster.pid. */
interface PostmasterFile {
  pid: number;
  /** Whether it said that it takes connections. It says so before the first one, so connect to be sure. */
  ready: boolean;
  /** Absolute; undefined when it listens on no socket. */
  socketDir: string | undefined;
  port: number;
}

/** @returns undefined when there is no such file, or it is still being written */
export async function readPostmasterFile(pgdata: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(pgdata, 'postmaster.pid'), 'utf8').catch(() => '');
  // The lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
  const [pid, , , port, socketDir, , , status] = text.split('\n').map((line) => line.trim());
  if (!pid || !Number.isInteger(Number(pid))) return undefined;
  return {
    // Negative when PostgreSQL runs in single-user mode.
    pid: Math.abs(Number(pid)),
    ready: status === 'ready',
    socketDir: socketDir ? resolve(pgdata, socketDir) : undefined,
    port: Number(port),
  };
}

/**
 * Removes what a PostgreSQL that is no more has left. PostgreSQL would refuse to start if an unrelated process
 * of the same user has got the old number by now. Call it only when nothing works on the files any more.
 */
export async function removeStaleFiles(pgdata: string): Promise<void> {
  const names = await readdir(pgdata);
  const stale = names.filter((name) => name === 'postmaster.pid' || name.startsWith('.s.PGSQL.'));
  await Promise.all(stale.map((name) => rm(join(pgdata, name), { force: true })));
}

/** Whether the process of this number is, at this moment, a PostgreSQL working on `pgdata` (a real path). */
export async function isPostgresOf(pgdata: string, pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return isNamedSo(await commandLineByPs(pid), pgdata);
  try {
    const [cwd, program] = await Promise.all([readlink(`/proc/${pid}/cwd`), readlink(`/proc/${pid}/exe`)]);
    // "postgres (deleted)" once the package was installed anew.
    return cwd === pgdata && basename(program).split(' ')[0] === 'postgres';
  } catch (error) {
    // Root in a container may not look there at other users' processes, but at their command line.
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return false;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return isNamedSo(commandLine.split('\0').join(' '), pgdata);
  }
}

function isNamedSo(commandLine: string, pgdata: string): boolean {
  return /\/postgres -D /.test(commandLine) && commandLine.includes(` -D ${pgdata} `);
}

async function commandLineByPs(pid: number): Promise<string> {
  const result = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return result.stdout;
}

interface EndOptions {
  isRunning: () => boolean | Promise<boolean>;
  kill: (signal: NodeJS.Signals) => void;
  /** How long it has for ending in order. */
  patienceMs: number;
  /** Ends the waiting, with an error. */
  signal?: AbortSignal;
}

const END_POLL_MS = 10;

/** Tells a PostgreSQL to end, each time more firmly, and waits until it has. */
export async function endPostgres({ isRunning, kill, patienceMs, signal }: EndOptions): Promise<void> {
  const steps = [
    // Ends sessions, writes everything out.
    { name: 'SIGINT', waitMs: patienceMs },
    // Ends at once and recovers at the next start: slower then, but nothing acknowledged is lost.
    { name: 'SIGQUIT', waitMs: 5_000 },
    { name: 'SIGKILL', waitMs: 5_000 },
  ] as const;
  for (const { name, waitMs } of steps) {
    const deadline = performance.now() + waitMs;
    // Looked at anew each time: a number may be another process's from one moment to the next.
    if (await isRunning()) kill(name);
    while (performance.now() < deadline) {
      if (!(await isRunning())) return;
      await sleep(END_POLL_MS, undefined, { signal });
    }
  }
}

interface PredecessorOptions {
  /** Undefined when there is no database yet. */
  pgdata: string | undefined;
  lockPath: string;
  logger: Logger;
  signal?: AbortSignal;
}

const PREDECESSOR_PATIENCE_MS = 30_000;
/** For sessions to notice that their postmaster is gone, or for an orphaned initdb to end. */
const LEFT_OVERS_WAIT_MS = 10_000;

/**
 * After our server was killed, its database runs on without anyone to look after it. This ends it, cleanly,
 * and returns the lock that shows that nothing works on the files any more.
 * Call it only as the owner of the data folder.
 */
export async function endPredecessor(options: PredecessorOptions): Promise<FileLock> {
  const { pgdata, lockPath, logger, signal } = options;
  const pid = pgdata && (await readPostmasterFile(pgdata))?.pid;
  if (pid && (await isPostgresOf(pgdata, pid))) {
    logger.warn(
      { pid, pgdata },
      'the database was left running by an earlier process: ending it to take over',
    );
    const isRunning = () => isPostgresOf(pgdata, pid);
    const kill = (name: NodeJS.Signals) => killIfThere(pid, name);
    await endPostgres({ isRunning, kill, patienceMs: PREDECESSOR_PATIENCE_MS, signal });
  }
  const lock = await FileLock.acquire(lockPath, LEFT_OVERS_WAIT_MS, signal);
  if (lock) return lock;
  throw new StartupError(
    `Database processes of an earlier run still work on the files beside ${lockPath}, and cannot be ended from ` +
      `here: end them (the postgres or initdb processes that have this file open), then start again`,
  );
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
