import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { DATABASE_USER } from './address';
import { type DataFolder, makeReachable, syncFolder } from './data-folder';
import type { Engine } from './engine';
import { canEnter, type OsUser, reasonIn, run } from './run-as';

export interface InitialiseOptions {
  folder: DataFolder;
  engine: Engine;
  user: OsUser | undefined;
  password: string;
  /** The open lock file that says that someone works on the database's files. */
  lockFd: number;
  /** Where the database goes if `user` cannot reach DATA_DIR. */
  sharedDir: string;
  logger: Logger;
  signal?: AbortSignal;
}

/**
 * Creates the database's files beside their place and moves them there when they are complete and on disk:
 * an interrupted attempt leaves nothing that a later start trusts.
 * @returns the real path of PGDATA
 */
export async function initialise(options: InitialiseOptions): Promise<string> {
  const { folder, logger } = options;
  logger.info({ dataDir: folder.dir }, 'creating the embedded database');
  await removeUnfinished(options);
  await makePlace(options);
  try {
    await runInitdb(options, await realpath(folder.unfinished));
    // An empty folder is no database; a link cannot be renamed over it.
    await rmdir(folder.postgres).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(folder.unfinished, folder.postgres);
    await syncFolder(folder.dir);
  } catch (error) {
    await removeUnfinished(options);
    throw error;
  }
  return realpath(folder.postgres);
}

async function removeUnfinished({ folder, sharedDir }: InitialiseOptions): Promise<void> {
  const found = await lstat(folder.unfinished).catch(() => undefined);
  if (found?.isSymbolicLink()) {
    const target = await readlink(folder.unfinished);
    // Nothing is removed through a link that was not made here.
    if (dirname(dirname(target)) === sharedDir) await rm(dirname(target), { recursive: true, force: true });
  }
  await rm(folder.unfinished, { recursive: true, force: true });
  await rm(passwordFileOf(folder.unfinished), { force: true });
}

/** Makes the empty folder that the database is created in, where the database's user can reach it. */
async function makePlace({ folder, user, sharedDir, logger }: InitialiseOptions): Promise<void> {
  let place = folder.unfinished;
  if (user && !(await canEnter(folder.dir, user))) {
    place = join(sharedDir, randomBytes(8).toString('hex'), 'postgres');
    logger.info(
      { dataDir: folder.dir, place },
      "the database's user cannot reach DATA_DIR, so the database itself goes elsewhere and DATA_DIR links to it",
    );
    await makeReachable(sharedDir);
    // The link comes first: if this is interrupted, it leads to what must be removed.
    await symlink(place, folder.unfinished);
    await makeReachable(dirname(place));
  }
  await mkdir(place);
  await chmod(place, 0o700);
  if (user) await chown(place, user.uid, user.gid);
  if (user && !(await canEnter(place, user))) {
    throw new StartupError(
      `The embedded database's user ${user.uid} can reach neither DATA_DIR ${folder.dir} nor ${sharedDir}: set ` +
        `DATA_DIR to a folder that it can reach, start the server as an ordinary user, or set DATABASE_URL`,
    );
  }
}

async function runInitdb(options: InitialiseOptions, pgdata: string): Promise<void> {
  const { engine, user, password, lockFd, signal } = options;
  const passwordFile = passwordFileOf(pgdata);
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (user) await chown(passwordFile, user.uid, user.gid);
  // The built-in locale sorts and folds alike on every machine, which the C library's ones don't.
  const args = [
    `--pgdata=${pgdata}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    // A container may offer huge pages that it does not let us use, and PostgreSQL then dies of SIGBUS.
    '--set=huge_pages=off',
  ];
  signal?.throwIfAborted();
  const result = await run(engine.initdb, args, { user, keepOpen: lockFd, signal });
  await rm(passwordFile, { force: true });
  if (result.code === 0) return;
  throw new StartupError(
    `The embedded database could not be created in ${pgdata} ` +
      `(${reasonIn(result.stderr) ?? `initdb ended with ${result.code}`}): remove the cause, choose another ` +
      `DATA_DIR, or set DATABASE_URL`,
  );
}

function passwordFileOf(pgdata: string): string {
  return `${pgdata}.password`;
}
