import { stat } from 'node:fs/promises';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { run } from './run';

/** Another user of the operating system, as whom the database runs because PostgreSQL refuses to be root. */
export interface OsUser {
  uid: number;
  gid: number;
}

const NAME = 'postgres';

/** Tried in turn: shadow-utils (Debian, Red Hat …), then BusyBox (Alpine). */
const CREATE = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME],
  ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', NAME],
] as const;

/**
 * As whom to run the database: undefined, ourselves, unless we are root. Root follows the owner of a data
 * folder that exists (a user's own, or one from an image with other ids), and otherwise takes the user
 * `postgres`, which is created where it is missing.
 */
export async function findDatabaseUser(pgdata: string, logger: Logger): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(pgdata).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUp()) ?? (await create(logger));
}

async function lookUp(): Promise<OsUser | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function create(logger: Logger): Promise<OsUser> {
  const problems: string[] = [];
  for (const [program, ...args] of CREATE) {
    const result = await run(program, args);
    const user = await lookUp();
    if (user) {
      logger.info({ user: NAME }, 'created a user of the operating system to run the embedded database as');
      return user;
    }
    problems.push(`${program}: ${result.stderr.split('\n')[0]}`);
  }
  throw new StartupError(
    `The embedded database cannot run as root, and no user "${NAME}" could be created (${problems.join('; ')}): ` +
      `create that user, start the server as an ordinary user, or set DATABASE_URL`,
  );
}

/** Whether `user` can go into a folder, tried by that very user: modes alone don't tell (ACLs, root squash). */
export async function canEnter(folder: string, user: OsUser): Promise<boolean> {
  const result = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { user });
  return result.code === 0;
}
