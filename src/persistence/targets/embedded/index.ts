import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { DatabaseTarget } from '../target';
import { type DataFolder, openDataFolder } from './data-folder';
import { FileLock } from './file-lock';
import { joinOwner } from './join';
import { ownDatabase } from './own';
import { describeOwner } from './owner';

export interface EmbeddedOptions {
  /** Made if it is missing. Keeps everything: see `DataFolder`. */
  dataDir: string;
  /**
   * `own`, for the server: refuses if a living process owns the folder's database. `join`, for a command: uses
   * the database of a living owner, else owns and starts it.
   */
  mode: 'own' | 'join';
  /** Tells people what this process is, e.g. "server": others that find the folder owned print it. */
  purpose: string;
  logger: Logger;
  /** For tests: used by root in place of /var/lib/workflow-manager-api. */
  sharedDir?: string;
}

/**
 * The default database: a real PostgreSQL from an npm package, run in DATA_DIR. There is one owner at a time,
 * who starts it, starts it again if it dies, and ends it with `close()`. If the owner itself is killed, the
 * database runs on until the next owner ends it and starts its own; nothing acknowledged is lost.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<DatabaseTarget> {
  const folder = await openDataFolder(options.dataDir);
  try {
    if (options.mode === 'own') return await ownDatabase(folder, takeOwnership(folder), options);
    const found = await joinOwner(folder);
    return found instanceof FileLock ? await ownDatabase(folder, found, options) : found;
  } catch (error) {
    throw explainSystemError(error, folder);
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
