import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import type { DatabaseTarget } from '../target';
import { type Address, ask, connectionTo } from './connection';
import { type DataFolder, findDatabase } from './data-folder';
import { FileLock } from './file-lock';
import { describeOwner } from './owner';
import { readPassword } from './password';
import { readPostmasterFile } from './postmaster-file';

/** For an owner that is about to create its database, or whose database is recovering or being restarted. */
const WAIT_MS = 60_000;
const POLL_MS = 25;

/** @returns the database that the living owner runs, or, if there is none any more, the right to be the owner */
export async function joinOwner(folder: DataFolder): Promise<DatabaseTarget | FileLock> {
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    const lock = FileLock.tryAcquire(folder.ownerLock);
    if (lock) return lock;
    const target = await findRunning(folder);
    if (target) return target;
    await sleep(POLL_MS);
  }
  throw new StartupError(
    `DATA_DIR ${folder.dir} is in use by ${describeOwner(folder.ownerLock)}, whose database did not become ready ` +
      `within ${WAIT_MS / 1000} s: see that process's log, or stop it and try again`,
  );
}

async function findRunning(folder: DataFolder): Promise<DatabaseTarget | undefined> {
  const pgdata = await findDatabase(folder);
  const file = pgdata ? await readPostmasterFile(pgdata) : undefined;
  const password = await readPassword(folder.password);
  if (!pgdata || !file?.ready || !password) return undefined;
  const address: Address = file.socketDir ? { kind: 'socket' } : { kind: 'loopback', port: file.port };
  const connection = connectionTo(pgdata, address, password);
  if ((await ask(connection)) !== 'ready') return undefined;
  return {
    connection,
    description: `embedded PostgreSQL in ${folder.dir}, run by ${describeOwner(folder.ownerLock)}`,
    // It is the owner's to stop.
    close: async () => {},
  };
}
