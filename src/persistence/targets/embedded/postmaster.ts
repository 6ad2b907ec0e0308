import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { type Address, type Answer, ask, connectionTo } from './connection';
import type { Engine } from './engine';
import type { FileLock } from './file-lock';
import type { OsUser } from './os-user';
import { readPostmasterFile, removeStaleFiles } from './postmaster-file';
import { reasonIn, spawnOptions } from './run';
import { LOG_FOLDER, postgresArguments } from './settings';

export interface PostmasterOptions {
  engine: Engine;
  user: OsUser | undefined;
  /** Real path. */
  pgdata: string;
  passwordPath: string;
  password: string;
  logger: Logger;
}

/** How PostgreSQL is told to end; it has as long as `waitMs` before the next, firmer step. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 8_000 },
  { signal: 'SIGQUIT', waitMs: 3_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

const SILENCE_LIMIT_MS = 60_000;
const PROGRESS_LOG_MS = 5_000;
const POLL_MS = 10;
const STDERR_KEPT = 8_192;
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
   * Starts PostgreSQL and waits until it works; whatever fails, none is left running.
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
      await removeStaleFiles(pgdata);
      // Orchestrators like to open volumes to a group; PostgreSQL refuses a folder that is.
      if (((await stat(pgdata)).mode & 0o077) !== 0) await chmod(pgdata, 0o700);
      child = spawn(engine.postgres, postgresArguments(pgdata, address), {
        ...spawnOptions(user),
        // A process group of its own: Ctrl-C in a terminal is for the server, which ends PostgreSQL in time.
        detached: true,
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

  /** Ends it, gently first. As its parent we cannot hit another process: its number stays taken until we know. */
  async stop(): Promise<void> {
    for (const { signal, waitMs } of STOP_STEPS) {
      if (!this.running) return;
      this.child.kill(signal);
      const patience = new AbortController();
      const waiting = sleep(waitMs, undefined, { signal: patience.signal }).catch(() => {});
      await Promise.race([this.ended, waiting]);
      patience.abort();
    }
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
        const answer = await ask(connection);
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
    if (this.child.stderr) await Promise.race([finished(this.child.stderr), sleep(LAST_WORDS_MS)]);
    const reason = reasonIn(this.stderr) ?? (await lastLogged(log, this.startedAt)) ?? how;
    return new EndedAtStart(
      `The embedded database did not start (${reason}): remove the cause (its log is in ${log}), or set DATABASE_URL`,
    );
  }
}

/** The last FATAL or PANIC line that PostgreSQL logged since `since`. */
async function lastLogged(folder: string, since: Date): Promise<string | undefined> {
  const from = since.toISOString().replace('T', ' ').replace('Z', '');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  const lines = texts.flatMap((text) => text.split('\n'));
  const serious = lines.filter((line) => line >= from && /(FATAL|PANIC):/.test(line)).sort();
  return serious.length > 0 ? reasonIn(serious.at(-1) as string) : undefined;
}
