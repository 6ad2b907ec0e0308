import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { run } from './run';

/** What PostgreSQL writes about itself into PGDATA/postmaster.pid. */
export interface PostmasterFile {
  pid: number;
  /** Whether it said that it takes connections. It says so before the first one, so connect to be sure. */
  ready: boolean;
  /** Absolute; undefined when it listens on no socket. */
  socketDir: string | undefined;
  listenAddress: string | undefined;
  port: number;
}

/** @returns undefined when there is no such file, or it is still being written */
export async function readPostmasterFile(pgdata: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(pgdata, 'postmaster.pid'), 'utf8').catch(() => '');
  // The lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
  const [pid, , , port, socketDir, listenAddress, , status] = text.split('\n').map((line) => line.trim());
  if (!pid || !Number.isInteger(Number(pid))) return undefined;
  return {
    // Negative when PostgreSQL runs in single-user mode.
    pid: Math.abs(Number(pid)),
    ready: status === 'ready',
    socketDir: socketDir ? resolve(pgdata, socketDir) : undefined,
    listenAddress: listenAddress || undefined,
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
