import { ftruncateSync, readFileSync, writeSync } from 'node:fs';
import type { FileLock } from './file-lock';

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
