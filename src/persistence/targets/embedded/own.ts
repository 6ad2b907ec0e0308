import { StartupError } from '../../../shared/errors';
import { Releases } from '../../../shared/releases';
import type { DatabaseTarget } from '../target';
import { connectionTo } from './connection';
import { checkMajorVersion, type DataFolder, findDatabase } from './data-folder';
import { type Engine, findEngine } from './engine';
import type { FileLock } from './file-lock';
import type { EmbeddedOptions } from './index';
import { initialise } from './initialise';
import { canEnter, findDatabaseUser, type OsUser } from './os-user';
import { signOwner } from './owner';
import { makePassword, readPassword, resetPassword } from './password';
import { endPredecessor } from './predecessor';
import { Supervisor } from './supervisor';

/** Where root puts what the database's user must reach, when it cannot reach the ordinary place. */
const SHARED_DIR = '/var/lib/workflow-manager-api';

/** Starts the data folder's database, creating it if there is none, and keeps it running until it is closed. */
export async function ownDatabase(
  folder: DataFolder,
  ownerLock: FileLock,
  options: EmbeddedOptions,
): Promise<DatabaseTarget> {
  const releases = new Releases();
  releases.add(() => ownerLock.release());
  try {
    signOwner(ownerLock, options.purpose);
    const begin = performance.now();
    const { supervisor, pgdata, password } = await start(folder, options);
    releases.add(() => supervisor.close());
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

interface Started {
  supervisor: Supervisor;
  pgdata: string;
  password: string;
}

async function start(folder: DataFolder, options: EmbeddedOptions): Promise<Started> {
  const { logger, sharedDir = SHARED_DIR } = options;
  const existing = await findDatabase(folder);
  const user = await findDatabaseUser(folder.postgres, logger);
  const engine = await findEngine({ user, sharedDir, logger });
  if (existing) await checkUsable(existing, engine, user);
  const lock = await endPredecessor(existing, folder.databaseLock, logger);
  try {
    const { pgdata, password } = existing
      ? await reopen(folder, { pgdata: existing, engine, user, lockFd: lock.fd })
      : await create(folder, { engine, user, lockFd: lock.fd, sharedDir, logger });
    const supervisor = await Supervisor.start(
      {
        engine,
        user,
        pgdata,
        password,
        passwordPath: folder.password,
        lockPath: folder.databaseLock,
        logger,
      },
      lock,
    );
    return { supervisor, pgdata, password };
  } finally {
    lock.release();
  }
}

async function checkUsable(pgdata: string, engine: Engine, user: OsUser | undefined): Promise<void> {
  await checkMajorVersion(pgdata, engine.major);
  if (!user || (await canEnter(pgdata, user))) return;
  throw new StartupError(
    `The database in ${pgdata} belongs to user ${user.uid}, who cannot go there: let that user through the ` +
      `folders above it (chmod o+x), or set DATA_DIR to another folder`,
  );
}

type ReopenOptions = Parameters<typeof resetPassword>[1];

async function reopen(folder: DataFolder, options: ReopenOptions): Promise<Omit<Started, 'supervisor'>> {
  const password = (await readPassword(folder.password)) ?? (await resetPassword(folder.password, options));
  return { pgdata: options.pgdata, password };
}

type CreateOptions = Omit<Parameters<typeof initialise>[0], 'folder' | 'password'>;

async function create(folder: DataFolder, options: CreateOptions): Promise<Omit<Started, 'supervisor'>> {
  const password = await makePassword(folder.password);
  return { pgdata: await initialise({ ...options, folder, password }), password };
}
