import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../../shared/errors';
import { type Address, addressesFor } from './address';
import { FileLock } from './lock';
import { EndedAtStart, Postmaster, type PostmasterOptions } from './postmaster';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** One that has run for this long is not part of a series of failures. */
const STEADY_MS = 30_000;
/** For the sessions of a postmaster that died to notice it; after that, the next attempt waits anew. */
const LOCK_WAIT_MS = 10_000;

type SupervisorOptions = PostmasterOptions & { lockPath: string };

/** Keeps a PostgreSQL running at one address, until it is closed. */
export class Supervisor {
  private readonly closing = new AbortController();
  private closed: Promise<void> | undefined;
  private readonly watching: Promise<void>;

  private constructor(
    private readonly options: SupervisorOptions,
    private current: Postmaster,
    readonly address: Address,
  ) {
    this.watching = this.watch();
  }

  /** `lock`, the database's, passes over to PostgreSQL. `signal` ends the start, with an error. */
  static async start(
    options: SupervisorOptions,
    { lock, signal }: { lock: FileLock; signal?: AbortSignal },
  ): Promise<Supervisor> {
    const { pgdata, lockPath, logger } = options;
    const [first, second] = await addressesFor(pgdata);
    try {
      return new Supervisor(options, await Postmaster.start(options, first, { lock, signal }), first);
    } catch (error) {
      const again = error instanceof EndedAtStart && (await FileLock.acquire(lockPath, LOCK_WAIT_MS, signal));
      if (!again) throw error;
      logger.warn({ err: error, address: second }, 'trying the embedded database at another address');
      return await Postmaster.start(options, second, { lock: again, signal }).then(
        (postmaster) => new Supervisor(options, postmaster, second),
        () => Promise.reject(error),
      );
    }
  }

  get pid(): number | undefined {
    return this.current.pid;
  }

  /** Idempotent. Afterwards no PostgreSQL of ours is running. */
  close(): Promise<void> {
    this.closed ??= this.stop();
    return this.closed;
  }

  private async stop(): Promise<void> {
    this.closing.abort();
    await this.current.stop();
    await this.watching;
    // A restart may have been past the point of no return.
    await this.current.stop();
  }

  private async watch(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    while (!this.closing.signal.aborted) {
      const startedMs = performance.now();
      const how = await this.current.ended;
      if (this.closing.signal.aborted) return;
      this.options.logger.error({ pid: this.pid, how }, 'the embedded database ended: starting it again');
      if (performance.now() - startedMs >= STEADY_MS) delayMs = FIRST_DELAY_MS;
      delayMs = await this.restart(delayMs);
    }
  }

  /** @returns how long to wait before the next attempt, should this one end soon */
  private async restart(firstDelayMs: number): Promise<number> {
    const { logger, lockPath } = this.options;
    const { signal } = this.closing;
    for (let delayMs = firstDelayMs; ; ) {
      try {
        await sleep(delayMs, undefined, { signal });
        const lock = await FileLock.acquire(lockPath, LOCK_WAIT_MS, signal);
        if (!lock) throw new StartupError('Sessions of the database that ended still use its files');
        this.current = await Postmaster.start(this.options, this.address, { lock, signal });
        logger.info({ pid: this.pid }, 'the embedded database runs again');
        return longer(delayMs);
      } catch (error) {
        if (signal.aborted) return delayMs;
        delayMs = longer(delayMs);
        logger.error(
          { err: error, nextAttemptMs: delayMs },
          'the embedded database could not be started again',
        );
      }
    }
  }
}

function longer(delayMs: number): number {
  return Math.min(delayMs * 2, LONGEST_DELAY_MS);
}
