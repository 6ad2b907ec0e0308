import { randomBytes } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartupError } from '../../../shared/errors';
import { DATABASE_USER } from './address';
import { syncFolder } from './data-folder';
import type { Engine } from './engine';
import { type OsUser, reasonIn, run } from './run-as';

/** @returns undefined when there is none */
export async function readPassword(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The password for a database that is about to be created: one that an interrupted attempt left is as good. */
export async function makePassword(path: string): Promise<string> {
  const existing = await readPassword(path);
  if (existing) {
    await chmod(path, 0o600);
    return existing;
  }
  const password = randomPassword();
  await writeSecret(path, `${password}\n`);
  return password;
}

export interface ResetOptions {
  pgdata: string;
  engine: Engine;
  user: OsUser | undefined;
  /** The open lock file that says that someone works on the database's files. */
  lockFd: number;
}

/**
 * Gives a database whose password file was lost a new one: whoever owns the files needs no password to do so,
 * in PostgreSQL's single-user mode. The database must not be running.
 */
export async function resetPassword(path: string, options: ResetOptions): Promise<string> {
  const { pgdata, engine, user, lockFd } = options;
  const password = randomPassword();
  const result = await run(engine.postgres, ['--single', '-D', pgdata, 'postgres'], {
    user,
    keepOpen: lockFd,
    input: `ALTER ROLE ${DATABASE_USER} PASSWORD '${password}'\n`,
  });
  if (result.code !== 0) {
    throw new StartupError(
      `${path} is missing, and a new password could not be set ` +
        `(${reasonIn(result.stderr) ?? 'the database did not start'}): restore that file, or set DATABASE_URL`,
    );
  }
  await writeSecret(path, `${password}\n`);
  return password;
}

/** The file is there with all of its content, readable by us only, or not at all. */
async function writeSecret(path: string, content: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}

function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}
