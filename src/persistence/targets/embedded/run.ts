import { type SpawnOptions, spawn } from 'node:child_process';
import type { OsUser } from './os-user';

/**
 * The environment of everything started here: fixed, so that no PG* variable, locale or time zone of the
 * caller has a say in what the database becomes.
 */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

export interface RunOptions {
  /** Undefined: as ourselves. */
  user?: OsUser | undefined;
  input?: string;
  /** An open file that the process keeps as its descriptor 3 for as long as it, or a child of it, lives. */
  keepOpen?: number;
}

export interface RunResult {
  /** Null when it could not be started or was ended by a signal. */
  code: number | null;
  stdout: string;
  /** Also says why it could not be started. */
  stderr: string;
}

/** What all processes started here have in common. */
export function spawnOptions(user: OsUser | undefined): SpawnOptions {
  return { cwd: '/', env: ENVIRONMENT, ...(user && { uid: user.uid, gid: user.gid }) };
}

/** Runs a program to its end. Never rejects: what went wrong is in the result. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const failed = (error: Error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}` });
    try {
      const child = spawn(program, args, {
        ...spawnOptions(options.user),
        stdio: ['pipe', 'pipe', 'pipe', options.keepOpen ?? 'ignore'],
      });
      child.stdout?.on('data', (chunk) => {
        stdout += chunk;
      });
      child.stderr?.on('data', (chunk) => {
        stderr += chunk;
      });
      // A program that ends without reading its input is judged by its exit code.
      child.stdin?.on('error', () => {});
      child.stdin?.end(options.input ?? '');
      child.on('error', failed);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    } catch (error) {
      // Node throws some failures to start (EACCES for one) instead of emitting them.
      failed(error as Error);
    }
  });
}

/** The one line of PostgreSQL's words that says what is wrong. */
export function reasonIn(output: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/(LOG|HINT|DETAIL):/.test(line));
  const telling = lines.find((line) => /(FATAL|PANIC|error):/.test(line)) ?? lines[0];
  return telling?.replace(/^.*?(FATAL|PANIC|error):\s*/, '').trim();
}
