import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { Releases } from '../../../shared/releases';
import type { DatabaseTarget } from '../target';
import { connectionTo } from './address';
import { checkMajorVersion, type DataFolder, findPgdata, locksOf } from './data-folder';
import { type Engine, findEngine } from './engine';
import { type InitialiseOptions, initialise } from './initialise';
import { describeOwner, FileLock, signOwner } from './lock';
import { makePassword, type ResetOptions, readPassword, resetPassword } from './password';
import { canEnter, findDatabaseUser, type OsUser } from './run-as';
import { endPredecessor } from './running-postgres';
import { Supervisor } from './supervisor';

export interface OwnOptions {
  /** Tells people what this process is, e.g. "server": others that find the folder owned print it. */
  purpose: string;
  logger: Logger;
  /** Ends the opening, with an error and nothing left running; not what was opened by then. */
  signal?: AbortSignal;
  /** For tests: used by root in place of /var/lib/workflow-manager-api. */
  sharedDir?: string;
}

/** Where root puts what the database's user must reach, when it cannot reach the ordinary place. */
const SHARED_DIR = '/var/lib/workflow-manager-api';

/** Starts the data folder's database, creating it if there is none, and keeps it running until it is closed. */
export async function ownDatabase(
  folder: DataFolder,
  ownerLock: FileLock,
  options: OwnOptions,
): Promise<DatabaseTarget> {
  const releases = new Releases();
  await releases.add(() => ownerLock.release());
  try {
    signOwner(ownerLock, options.purpose);
    const begin = performance.now();
    const { supervisor, pgdata, password } = await start(folder, options, releases);
    await releases.add(() => supervisor.close());
    const elapsedMs = Math.round(performance.now() - begin);
    options.logger.info(
      { dataDir: folder.dir, pid: supervisor.pid, elapsedMs },
      'the embedded database runs',
    );
    return {
      connection: connectionTo(pgdata, supervisor.address, password),
      description: `embedded PostgreSQL in ${folder.dir}`,
      close: () => releases.run(),
    };
  } catch (error) {
    await releases.run();
    throw error;
  }
}

interface Database {
  pgdata: string;
  password: string;
}

async function start(
  folder: DataFolder,
  { purpose, logger, signal, sharedDir = SHARED_DIR }: OwnOptions,
  releases: Releases,
): Promise<Database & { supervisor: Supervisor }> {
  const existing = await findPgdata(folder);
  if (existing) await takeLinked(folder, existing, { purpose, releases });
  const user = await findDatabaseUser(folder.postgres, logger);
  const engine = await findEngine({ user, sharedDir, logger });
  if (existing) await checkUsable(existing, engine, user);
  signal?.throwIfAborted();
  const first = existing ? locksOf(folder, existing).databaseLock : folder.databaseLock;
  let lock = await endPredecessor({ pgdata: existing, lockPath: first, logger, signal });
  try {
    const database = existing
      ? await reopen(folder, { pgdata: existing, engine, user, lockFd: lock.fd })
      : await create(folder, { engine, user, lockFd: lock.fd, sharedDir, logger, signal });
    const { databaseLock: lockPath } = locksOf(folder, database.pgdata);
    if (lockPath !== first) {
      await takeLinked(folder, database.pgdata, { purpose, releases });
      lock.release();
      lock = await endPredecessor({ pgdata: database.pgdata, lockPath, logger, signal });
    }
    const options = { ...database, engine, user, passwordPath: folder.password, lockPath, logger };
    return { ...database, supervisor: await Supervisor.start(options, { lock, signal }) };
  } finally {
    lock.release();
  }
}

/** Where DATA_DIR only links to the database, another DATA_DIR may too: it takes a lock beside the files as well. */
async function takeLinked(
  folder: DataFolder,
  pgdata: string,
  { purpose, releases }: { purpose: string; releases: Releases },
): Promise<void> {
  const { ownerLock } = locksOf(folder, pgdata);
  if (ownerLock === folder.ownerLock) return;
  const lock = FileLock.tryAcquire(ownerLock);
  if (!lock) {
    throw new StartupError(
      `The database ${pgdata}, to which DATA_DIR ${folder.dir} links, is in use by ${describeOwner(ownerLock)} with ` +
        `another DATA_DIR: stop that process, or set DATA_DIR to a folder that is no copy of its own`,
    );
  }
  await releases.add(() => lock.release());
  signOwner(lock, purpose);
}

async function checkUsable(pgdata: string, engine: Engine, user: OsUser | undefined): Promise<void> {
  await checkMajorVersion(pgdata, engine.major);
  if (!user || (await canEnter(pgdata, user))) return;
  throw new StartupError(
    `The database in ${pgdata} belongs to user ${user.uid}, who cannot go there: let that user through the ` +
      `folders above it (chmod o+x), or set DATA_DIR to another folder`,
  );
}

async function reopen(folder: DataFolder, options: ResetOptions): Promise<Database> {
  const password = (await readPassword(folder.password)) ?? (await resetPassword(folder.password, options));
  return { pgdata: options.pgdata, password };
}

async function create(
  folder: DataFolder,
  options: Omit<InitialiseOptions, 'folder' | 'password'>,
): Promise<Database> {
  const password = await makePassword(folder.password);
  return { pgdata: await initialise({ ...options, folder, password }), password };
}
