import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { FileLock } from './file-lock';
import { isPostgresOf, readPostmasterFile } from './postmaster-file';

/** How a PostgreSQL is told to end, each time more firmly, and how long it is then waited for. */
const STEPS = [
  // Ends sessions, writes everything out.
  { signal: 'SIGINT', waitMs: 30_000 },
  // Ends at once and recovers at the next start: slower then, but nothing acknowledged is lost.
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

/** For sessions to notice that their postmaster is gone, or for an orphaned initdb to end. */
const LEFT_OVERS_WAIT_MS = 10_000;
const POLL_MS = 15;

/**
 * After our server was killed, its database runs on without anyone to look after it. This ends it, cleanly,
 * and returns the lock that shows that nothing works on the files any more.
 * Call it only as the owner of the data folder.
 */
export async function endPredecessor(
  pgdata: string | undefined,
  lockPath: string,
  logger: Logger,
): Promise<FileLock> {
  const pid = pgdata && (await readPostmasterFile(pgdata))?.pid;
  if (pid && (await isPostgresOf(pgdata, pid))) {
    logger.warn(
      { pid, pgdata },
      'the database was left running by an earlier process: ending it to take over',
    );
    await end(pid, pgdata);
  }
  const lock = await FileLock.acquire(lockPath, LEFT_OVERS_WAIT_MS);
  if (lock) return lock;
  throw new StartupError(
    `Database processes of an earlier run still work on the files beside ${lockPath}, and cannot be ended from ` +
      `here: end them (the postgres or initdb processes that have this file open), then start again`,
  );
}

async function end(pid: number, pgdata: string): Promise<void> {
  for (const { signal, waitMs } of STEPS) {
    const deadline = performance.now() + waitMs;
    // Looked at anew each time: the number may be somebody else's from one moment to the next.
    if (await isPostgresOf(pgdata, pid)) process.kill(pid, signal);
    while (performance.now() < deadline) {
      if (!(await isPostgresOf(pgdata, pid))) return;
      await sleep(POLL_MS);
    }
  }
}
