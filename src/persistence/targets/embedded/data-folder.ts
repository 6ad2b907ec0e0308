import { constants } from 'node:fs';
import { access, chmod, lstat, mkdir, open, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartupError } from '../../../shared/errors';

/** Where everything is under DATA_DIR. */
export interface DataFolder {
  /** DATA_DIR itself, absolute and without symbolic links. */
  dir: string;
  /** Held by the process that owns the folder. Ends with it. */
  ownerLock: string;
  /** Held by whatever works on the database's files, if they lie here: initdb, or PostgreSQL with all its processes. */
  databaseLock: string;
  password: string;
  /** PGDATA, or a symbolic link to it. Is complete if it is there. */
  postgres: string;
  /** What is to become `postgres`. If a start finds it, the making of it was interrupted. */
  unfinished: string;
}

/** Makes DATA_DIR where it is missing, and sees that it can be used. */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const dir = resolve(dataDir);
  try {
    const created = await makeFolder(dir);
    // Another user must be able to go through it if that one runs the database; what is inside is closed.
    if (created) await chmod(dir, process.getuid?.() === 0 ? 0o711 : 0o700);
    // The dot: a file in its place is no use.
    await access(`${dir}/.`, constants.R_OK | constants.W_OK | constants.X_OK);
    return layOut(await realpath(dir));
  } catch (error) {
    throw new StartupError(
      `DATA_DIR ${dir} cannot be used (${(error as NodeJS.ErrnoException).code}): it must be a folder that this ` +
        `user can write to; set DATA_DIR to one, or DATABASE_URL to a database`,
      { cause: error },
    );
  }
}

function layOut(dir: string): DataFolder {
  return {
    dir,
    ownerLock: join(dir, 'owner.lock'),
    databaseLock: join(dir, 'database.lock'),
    password: join(dir, 'password'),
    postgres: join(dir, 'postgres'),
    unfinished: join(dir, 'postgres.new'),
  };
}

/**
 * The locks of a database lie with its files: DATA_DIR may hold only a link to it, and a copy of DATA_DIR holds the
 * same link.
 */
export function locksOf(folder: DataFolder, pgdata: string): Pick<DataFolder, 'ownerLock' | 'databaseLock'> {
  if (dirname(pgdata) === folder.dir) return folder;
  return { ownerLock: join(pgdata, 'owner.lock'), databaseLock: join(pgdata, 'database.lock') };
}

/**
 * The real path of the data folder's database, or undefined when there is none yet.
 * Whatever else is in its place is refused, and left as it is.
 */
export async function findPgdata(folder: DataFolder): Promise<string | undefined> {
  const { postgres } = folder;
  const entries = await readdir(postgres).catch(async (error: NodeJS.ErrnoException): Promise<string[]> => {
    if (error.code === 'ENOENT' && !(await isDanglingLink(postgres))) return [];
    throw new StartupError(
      `${postgres} cannot be read (${error.code}): it must be the database's folder, or a link to it; put it ` +
        `back, or set DATA_DIR to another folder`,
      { cause: error },
    );
  });
  if (entries.length === 0) return undefined;
  if (!entries.includes('PG_VERSION')) {
    throw new StartupError(
      `${postgres} holds files but no database (no PG_VERSION): move them away, or set DATA_DIR to another folder`,
    );
  }
  return realpath(postgres);
}

async function isDanglingLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** A database's files can be read by one major version of PostgreSQL only. */
export async function checkMajorVersion(pgdata: string, engineMajor: string): Promise<void> {
  const major = (await readFile(join(pgdata, 'PG_VERSION'), 'utf8')).trim();
  if (major === engineMajor) return;
  throw new StartupError(
    `${pgdata} was written by PostgreSQL ${major}, and the embedded database is PostgreSQL ${engineMajor}: run ` +
      `PostgreSQL ${major} on it and set DATABASE_URL, or dump it with pg_dump and restore into a new DATA_DIR`,
  );
}

/**
 * Makes a folder, and those above it, where it is missing. Node's own recursive `mkdir` never returns where the
 * file system answers ENOENT although the folder above is there, as below /proc.
 * @returns whether it was made now; whether what was there is a folder is left to the caller
 */
async function makeFolder(dir: string): Promise<boolean> {
  try {
    return await makeOne(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dir === dirname(dir)) throw error;
    await makeFolder(dirname(dir));
    return makeOne(dir);
  }
}

function makeOne(dir: string): Promise<boolean> {
  return mkdir(dir).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Makes a folder that other users may go through, whatever our umask is. One that exists is left as it is. */
export async function makeReachable(dir: string): Promise<void> {
  if (await makeFolder(dir)) await chmod(dir, 0o711);
}

/** Makes names that were created, renamed or removed in a folder outlive a power failure. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
