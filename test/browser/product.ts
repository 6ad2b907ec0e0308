import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The built product as an operator runs it: a process of its own, with a database of its own. */
export interface Product {
  /** The GraphQL endpoint. */
  url: string;
  /** Asks the process to stop, removes its data and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node dist/src/main.js` on a free port, with an empty data directory. */
export async function startProduct(): Promise<Product> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'workflow-manager-browser-'));
  // Run as root, the product gives its database to another user, who must be able to get here.
  await chmod(dataDirectory, 0o755);
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDirectory, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    const [code] = (await exited) as [number | null];
    await rm(dataDirectory, { recursive: true, force: true });
    return code;
  };
  try {
    return { url: await readUrl(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the log up to the line that names the address, and lets the rest of it flow by. */
async function readUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The product has no standard output.');
  const log: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    log.push(line);
    const url = urlOf(line);
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error(`The product stopped before it named its address:\n${log.join('\n')}`);
}

function urlOf(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'url' in entry) return String(entry.url);
  } catch {
    // Not a log entry.
  }
  return undefined;
}
