import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from 'fs-native-extensions';

const POLL_MS = 15;

/**
 * An exclusive lock that the kernel keeps on an open file. It cannot go stale: it ends with the last process
 * that has this very opening of the file, however that process ends. A child that is given `fd` shares it.
 * The file itself is never deleted, so that all contenders mean the same one.
 */
export class FileLock {
  private released = false;

  private constructor(readonly fd: number) {}

  /** @returns undefined when someone alive holds the lock */
  static tryAcquire(path: string): FileLock | undefined {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      if (tryLock(fd)) return new FileLock(fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return undefined;
  }

  /** @returns undefined when the lock is still held by someone else after `waitMs` */
  static async acquire(path: string, waitMs: number, signal?: AbortSignal): Promise<FileLock | undefined> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const lock = FileLock.tryAcquire(path);
      if (lock || performance.now() >= deadline) return lock;
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  /** Gives up our share; a child that was given `fd` keeps its own. */
  release(): void {
    if (this.released) return;
    this.released = true;
    closeSync(this.fd);
  }
}

/** Who owns a data folder: written into the lock file for messages, never for decisions. */
interface Owner {
  pid: number;
  purpose: string;
  startedAt: string;
}

/** Leaves our name in the lock file that we hold. */
export function signOwner(lock: FileLock, purpose: string): void {
  const owner: Owner = { pid: process.pid, purpose, startedAt: new Date().toISOString() };
  ftruncateSync(lock.fd);
  writeSync(lock.fd, `${JSON.stringify(owner)}\n`, 0);
}

/** Words for the present owner. The file may be in the middle of being written: then they stay vague. */
export function describeOwner(lockPath: string): string {
  try {
    const owner = JSON.parse(readFileSync(lockPath, 'utf8')) as Partial<Owner>;
    return `process ${owner.pid} (${owner.purpose}, since ${owner.startedAt})`;
  } catch {
    return 'another process';
  }
}
