import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { type EmbeddedOptions, openEmbedded } from '../../src/persistence/targets/embedded';
import { isPostgresOf, readPostmasterFile } from '../../src/persistence/targets/embedded/running-postgres';
import type { DatabaseTarget } from '../../src/persistence/targets/target';
import { StartupError } from '../../src/shared/errors';
import { createLogger } from '../../src/shared/logger';

export const AS_ROOT = process.getuid?.() === 0;
export const PROJECT = join(__dirname, '..', '..');
const SILENT = createLogger('silent');

export interface ProcessOptions {
  dataDir: string;
  mode?: 'own' | 'join';
  env?: Record<string, string>;
  /** Become this user of the operating system before opening the database. */
  user?: { uid: number; gid: number } | undefined;
  /** The project whose build is run. */
  project?: string;
  /** At SIGINT, wait until the database is open and close it, as the server does. */
  closesAtSigint?: boolean;
}

type Outcome = { connection: ClientConfig } | { error: string };

/** Another process that opens the embedded database and keeps it until it is told to close, or killed. */
export class EmbeddedProcess {
  readonly outcome: Promise<Outcome>;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.on('exit', resolve));
    this.outcome = Promise.race([
      new Promise<Outcome>((resolve) => child.once('message', (message) => resolve(message as Outcome))),
      this.ended.then(() => ({ error: 'the process ended without a word' })),
    ]);
  }

  async connection(): Promise<ClientConfig> {
    const outcome = await this.outcome;
    if ('error' in outcome) throw new Error(outcome.error);
    return outcome.connection;
  }

  async error(): Promise<string> {
    const outcome = await this.outcome;
    return 'error' in outcome ? outcome.error : '';
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}

const PROGRAM = `
  const [project, options, { user, closesAtSigint }] = process.argv.slice(1).map((argument) => JSON.parse(argument));
  const { openEmbedded } = require(project + '/dist/src/persistence/targets/embedded/index.js');
  const { createLogger } = require(project + '/dist/src/shared/logger.js');
  if (user) { process.setgroups([]); process.setgid(user.gid); process.setuid(user.uid); }
  const opening = openEmbedded({ ...options, logger: createLogger('silent') });
  opening.then(
    ({ connection }) => process.send({ connection }),
    (error) => process.send({ error: error.name + ': ' + error.message }, () => process.exit(1)),
  );
  if (closesAtSigint) process.once('SIGINT', () => opening.then((target) => target.close()).then(() => process.exit(0)));
`;

/** Folders, databases and processes of one test, all of which `cleanUp` removes. */
export class EmbeddedWorkspace {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'emb-')));
  /** Stands for /var/lib/workflow-manager-api. */
  readonly sharedDir = join(this.root, 'shared');
  private readonly targets: DatabaseTarget[] = [];
  private readonly children: ChildProcess[] = [];
  private readonly dataDirs = new Set<string>();

  constructor() {
    // Temporary folders are closed to others, and as root the database is run by another user.
    chmodSync(this.root, 0o755);
  }

  dataDir(...names: string[]): string {
    const dir = join(this.root, ...(names.length > 0 ? names : ['data']));
    this.dataDirs.add(dir);
    return dir;
  }

  /** A data folder with a database in it that another workspace has closed: faster than creating one. */
  copyOf(dataDir: string): string {
    const copy = this.dataDir();
    execFileSync('cp', ['-a', dataDir, copy]);
    return copy;
  }

  async open(
    dataDir: string,
    mode: EmbeddedOptions['mode'] = 'own',
    signal?: AbortSignal,
  ): Promise<DatabaseTarget> {
    const { sharedDir } = this;
    const target = await openEmbedded({ dataDir, mode, purpose: 'test', sharedDir, logger: SILENT, signal });
    this.targets.push(target);
    return target;
  }

  process({ dataDir, mode = 'own', env, project = PROJECT, ...manner }: ProcessOptions): EmbeddedProcess {
    const options = { dataDir, mode, purpose: 'server', sharedDir: this.sharedDir };
    const args = [project, options, manner].map((argument) => JSON.stringify(argument));
    return new EmbeddedProcess(
      this.spawn(process.execPath, ['-e', PROGRAM, ...args], {
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...process.env, ...env },
      }),
    );
  }

  spawn(...parameters: Parameters<typeof spawn>): ChildProcess {
    const child = spawn(...parameters);
    this.children.push(child);
    return child;
  }

  async postmasterPid(dataDir: string): Promise<number> {
    return (await readPostmasterFile(join(dataDir, 'postgres')))?.pid ?? 0;
  }

  async cleanUp(): Promise<void> {
    await Promise.all(this.targets.map((target) => target.close()));
    for (const child of this.children) child.kill('SIGKILL');
    await Promise.all([...this.dataDirs].map((dataDir) => this.endOrphan(dataDir)));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  private async endOrphan(dataDir: string): Promise<void> {
    const postgres = join(dataDir, 'postgres');
    if (!existsSync(postgres)) return;
    const pgdata = realpathSync(postgres);
    const pid = (await readPostmasterFile(pgdata))?.pid;
    await eventually(async () => {
      if (!pid || !(await isPostgresOf(pgdata, pid))) return true;
      process.kill(pid, 'SIGQUIT');
      return undefined;
    });
  }
}

/** Runs one statement on a connection of its own and returns the rows. */
export async function query(connection: ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Waits until `check` gives something else than undefined; its errors count as "not yet". */
export async function eventually<T>(check: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const found = await check().catch((error) => {
      if (Date.now() > deadline) throw error;
      return undefined;
    });
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('It did not come about within 15 s');
    await sleep(20);
  }
}

/** The message of a StartupError, which must be one line. */
export async function refusal(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StartupError);
  const { message } = error as StartupError;
  expect(message).not.toContain('\n');
  return message;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended stays a zombie until its parent asks.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export function osUser(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
