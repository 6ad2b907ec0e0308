import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export const SERVER = `${__dirname}/../../dist/src/main.js`;

export interface RunningServer {
  readonly process: ChildProcess;
  readonly url: string;
  readonly log: Record<string, unknown>[];
  /** Signals it and waits for its end; the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const running = new Set<RunningServer>();

/** For `afterEach`: a test that failed half-way leaves its servers to us. */
export async function stopServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

export interface StartOptions {
  /** Leads a process group of its own, as under a terminal. */
  readonly detached?: boolean;
}

/** The built server as a process of its own, once it listens. Its environment is only what is given here. */
export async function startServer(
  env: Record<string, string>,
  options: StartOptions = {},
): Promise<RunningServer> {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, TZ: process.env.TZ, PORT: '0', ...env },
    detached: options.detached ?? false,
  });
  const log: Record<string, unknown>[] = [];
  let rest = '';
  let complaint = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.map((text) => JSON.parse(text))) {
        log.push(line);
        if (line.url) resolve(line.url);
      }
    });
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${complaint}`)));
  });
  const server: RunningServer = {
    process: child,
    url,
    log,
    async stop(signal = 'SIGTERM') {
      running.delete(server);
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      // Not `exit`: the log's last lines may still be on their way.
      await once(child, 'close');
      return child.exitCode;
    },
  };
  running.add(server);
  return server;
}

/** A start that must fail: with exit code 1, after saying why in one line. That line. */
export async function refusedStart(env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, TZ: process.env.TZ, PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(complaint.trim().split('\n')).toHaveLength(1);
  return complaint.trim();
}
