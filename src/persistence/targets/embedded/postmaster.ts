import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { type Address, type Answer, ask, connectionTo } from './address';
import type { Engine } from './engine';
import type { FileLock } from './lock';
import { type OsUser, reasonIn, spawnOptions } from './run-as';
import { endPostgres, readPostmasterFile, removeStaleFiles } from './running-postgres';

export interface PostmasterOptions {
  engine: Engine;
  user: OsUser | undefined;
  /** Real path. */
  pgdata: string;
  passwordPath: string;
  password: string;
  logger: Logger;
}

/** Where PostgreSQL writes its log, in its data folder. */
const LOG_FOLDER = 'log';

/** For ending in order. */
const STOP_PATIENCE_MS = 8_000;
const SILENCE_LIMIT_MS = 60_000;
const PROGRESS_LOG_MS = 5_000;
const POLL_MS = 10;
const STDERR_KEPT = 8_192;
const LOG_TAIL = 65_536;
const LAST_WORDS_MS = 200;
/** How often to ask one that has not yet said that it is ready: each time it logs that it refused us. */
const ASK_MS = 2_000;

/** PostgreSQL ended by itself before it was ready: at another address it might not. */
export class EndedAtStart extends StartupError {}

/** One running PostgreSQL that we started. */
export class Postmaster {
  /** Resolves, with words for how it ended, when it has ended. */
  readonly ended: Promise<string>;
  private running = true;
  private stderr = '';
  private readonly startedAt = new Date();

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: PostmasterOptions,
  ) {
    child.stderr?.on('data', (chunk) => {
      this.stderr = `${this.stderr}${chunk}`.slice(-STDERR_KEPT);
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.running = false;
        resolve(how);
      };
      child.on('error', (error) => {
        if (child.pid === undefined) end(error.message);
      });
      child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
    });
  }

  /**
   * Starts PostgreSQL and waits until it works. Whatever fails, none is left running; nor if `signal` ends it.
   * `lock`, the database's, passes over to it: held by PostgreSQL and its children for as long as one lives.
   */
  static async start(
    options: PostmasterOptions,
    address: Address,
    { lock, signal }: { lock: FileLock; signal?: AbortSignal },
  ): Promise<Postmaster> {
    const { engine, user, pgdata } = options;
    let child: ChildProcess;
    try {
      signal?.throwIfAborted();
      await removeStaleFiles(pgdata);
      // Orchestrators like to open volumes to a group; PostgreSQL refuses a folder that is.
      if (((await stat(pgdata)).mode & 0o077) !== 0) await chmod(pgdata, 0o700);
      child = spawn(engine.postgres, postgresArguments(pgdata, address), {
        ...spawnOptions(user),
        stdio: ['ignore', 'ignore', 'pipe', lock.fd],
      });
    } finally {
      lock.release();
    }
    const postmaster = new Postmaster(child, options);
    try {
      await postmaster.waitUntilReady(address, signal);
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
    return postmaster;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** As its parent we cannot hit another process: its number stays taken until we know of its end. */
  stop(): Promise<void> {
    return endPostgres({
      isRunning: () => this.running,
      kill: (signal) => this.child.kill(signal),
      patienceMs: STOP_PATIENCE_MS,
    });
  }

  private async waitUntilReady(address: Address, signal?: AbortSignal): Promise<void> {
    const { pgdata, password, logger } = this.options;
    const connection = connectionTo(pgdata, address, password);
    const begin = performance.now();
    let [heard, asked, logged] = [begin, begin, begin];
    for (let now = begin; ; now = performance.now()) {
      signal?.throwIfAborted();
      if (!this.running) throw await this.endedAtStart();
      if ((await this.saysReady()) || now - asked >= ASK_MS) {
        asked = now;
        const answer = await ask(connection, signal);
        if (answer === 'ready') return;
        this.refuseWrongPassword(answer);
        if (answer === 'starting') heard = now;
      }
      // Recovery after a crash may take minutes: one that answers, if only that it is starting, is waited for.
      if (now - heard >= SILENCE_LIMIT_MS) {
        throw new StartupError(
          `The embedded database does not answer after ${SILENCE_LIMIT_MS / 1000} s: see ${join(pgdata, LOG_FOLDER)}`,
        );
      }
      if (now - logged >= PROGRESS_LOG_MS) {
        logged = now;
        logger.info({ elapsedMs: Math.round(now - begin) }, 'the embedded database is still starting');
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  private async saysReady(): Promise<boolean> {
    const file = await readPostmasterFile(this.options.pgdata);
    return file?.pid === this.child.pid && file?.ready === true;
  }

  private refuseWrongPassword(answer: Answer): void {
    if (answer !== 'wrong password') return;
    throw new StartupError(
      `${this.options.passwordPath} does not hold the password of the database beside it: restore the right ` +
        `file, or remove it to have a new password set at the next start`,
    );
  }

  /** With what it said before it took up its log, else the last serious line in the log, else how it ended. */
  private async endedAtStart(): Promise<EndedAtStart> {
    const how = await this.ended;
    const log = join(this.options.pgdata, LOG_FOLDER);
    // Its last words may arrive after the news of its end.
    const lastWords = this.child.stderr && finished(this.child.stderr).catch(() => {});
    await Promise.race([lastWords, sleep(LAST_WORDS_MS)]);
    const reason = reasonIn(this.stderr) ?? (await lastLogged(log, this.startedAt)) ?? how;
    return new EndedAtStart(
      `The embedded database did not start (${reason}): remove the cause (its log is in ${log}), or set DATABASE_URL`,
    );
  }
}

/**
 * What is set for PostgreSQL beyond its own configuration, in which an operator may tune the rest
 * (PGDATA/postgresql.conf).
 */
function settings(address: Address): Record<string, string> {
  const loopback = address.kind === 'loopback';
  return {
    listen_addresses: loopback ? '127.0.0.1' : '',
    ...(loopback && { port: String(address.port) }),
    // Relative to the data folder, which is PostgreSQL's working directory: nothing in its path needs quoting.
    unix_socket_directories: loopback ? '' : '.',
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    // What was acknowledged is on disk.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    cluster_name: 'workflow-manager-api',
    // One file for each day of the week, begun anew a week later.
    logging_collector: 'on',
    log_destination: 'stderr',
    log_directory: LOG_FOLDER,
    log_filename: 'postgresql-%a.log',
    log_file_mode: '0600',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
  };
}

function postgresArguments(pgdata: string, address: Address): string[] {
  const flags = Object.entries(settings(address)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', pgdata, ...flags];
}

/** The last FATAL or PANIC line that PostgreSQL logged since `since`; of each weekday's file, the end is read. */
async function lastLogged(folder: string, since: Date): Promise<string | undefined> {
  const from = since.toISOString().replace('T', ' ').replace('Z', '');
  const names = await readdir(folder).catch(() => []);
  const tails = await Promise.all(names.map((name) => readTail(join(folder, name)).catch(() => '')));
  const lines = tails.flatMap((text) => text.split('\n'));
  const serious = lines.filter((line) => line >= from && /^\d{4}-.*(FATAL|PANIC):/.test(line)).sort();
  return serious.length > 0 ? reasonIn(serious.at(-1) as string) : undefined;
}

async function readTail(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(LOG_TAIL),
      position: Math.max(0, size - LOG_TAIL),
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
