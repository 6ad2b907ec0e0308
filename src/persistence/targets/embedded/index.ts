import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import type { DatabaseTarget } from '../target';
import { type Address, ask, connectionTo } from './address';
import { type DataFolder, findPgdata, openDataFolder } from './data-folder';
import { describeOwner, FileLock } from './lock';
import { type OwnOptions, ownDatabase } from './own';
import { readPassword } from './password';
import { readPostmasterFile } from './running-postgres';

export interface EmbeddedOptions extends OwnOptions {
  /** Made if it is missing. Keeps everything: see `DataFolder`. */
  dataDir: string;
  /**
   * `own`, for the server: refuses if a living process owns the folder's database. `join`, for a command: uses
   * the database of a living owner, else owns and starts it.
   */
  mode: 'own' | 'join';
}

/** For an owner that is about to create its database, or whose database is recovering or being restarted. */
const JOIN_WAIT_MS = 60_000;
const JOIN_POLL_MS = 25;

/**
 * The default database: a real PostgreSQL from an npm package, run in DATA_DIR. There is one owner at a time,
 * who starts it, starts it again if it dies, and ends it with `close()`. If the owner itself is killed, the
 * database runs on until the next owner ends it and starts its own; nothing acknowledged is lost.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<DatabaseTarget> {
  const { dataDir, mode, signal } = options;
  if (signal?.aborted) throw stopped();
  const folder = await openDataFolder(dataDir);
  try {
    if (mode === 'own') return await ownDatabase(folder, takeOwnership(folder), options);
    const found = await joinOwner(folder, signal);
    return found instanceof FileLock ? await ownDatabase(folder, found, options) : found;
  } catch (error) {
    throw signal?.aborted ? stopped(error) : explainSystemError(error, folder);
  }
}

function takeOwnership(folder: DataFolder): FileLock {
  const lock = FileLock.tryAcquire(folder.ownerLock);
  if (lock) return lock;
  throw new StartupError(
    `DATA_DIR ${folder.dir} is in use by ${describeOwner(folder.ownerLock)}: stop that process, set DATA_DIR to ` +
      `another folder, or set DATABASE_URL to a database that both can use`,
  );
}

/** @returns the database that the living owner runs, or, if there is none any more, the right to be the owner */
async function joinOwner(folder: DataFolder, signal?: AbortSignal): Promise<DatabaseTarget | FileLock> {
  const deadline = performance.now() + JOIN_WAIT_MS;
  while (performance.now() < deadline) {
    const lock = FileLock.tryAcquire(folder.ownerLock);
    if (lock) return lock;
    const target = await findRunning(folder, signal);
    if (target) return target;
    await sleep(JOIN_POLL_MS, undefined, { signal });
  }
  throw new StartupError(
    `DATA_DIR ${folder.dir} is in use by ${describeOwner(folder.ownerLock)}, whose database did not become ready ` +
      `within ${JOIN_WAIT_MS / 1000} s: see that process's log, or stop it and try again`,
  );
}

async function findRunning(folder: DataFolder, signal?: AbortSignal): Promise<DatabaseTarget | undefined> {
  const pgdata = await findPgdata(folder);
  const file = pgdata ? await readPostmasterFile(pgdata) : undefined;
  const password = await readPassword(folder.password);
  if (!pgdata || !file?.ready || !password) return undefined;
  const address: Address = file.socketDir ? { kind: 'socket' } : { kind: 'loopback', port: file.port };
  const connection = connectionTo(pgdata, address, password);
  if ((await ask(connection, signal)) !== 'ready') return undefined;
  return {
    connection,
    description: `embedded PostgreSQL in ${folder.dir}, run by ${describeOwner(folder.ownerLock)}`,
    // It is the owner's to stop.
    close: async () => {},
  };
}

function stopped(cause?: unknown): StartupError {
  return new StartupError('Stopped before the start was complete.', { cause });
}

/** What the operating system refuses (rights, space, locks) is the operator's to mend; the rest are our faults. */
function explainSystemError(error: unknown, folder: DataFolder): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (!code || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new StartupError(
    `DATA_DIR ${folder.dir} cannot be used (${(error as Error).message}): make it a folder on a local disk that this user ` +
      `can write to and that has space left, set DATA_DIR to another one, or set DATABASE_URL`,
    { cause: error },
  );
}
