import { once } from 'node:events';
import { createApp } from '../src/app';
import { mapCatalogue, readCatalogue, workflowReleases } from '../src/demo/catalogue';
import { type Ask, createClient } from '../src/demo/client';
import { checkinsOf, planCluster } from '../src/demo/fleet';
import { play } from '../src/demo/play';
import { SLOT_MS, startBefore } from '../src/demo/timeline';
import { createLogger } from '../src/shared/logger';
import { createTestApp, type TestApp } from './support/app';
import { EmbeddedWorkspace } from './support/embedded-workspace';

// These tests run the built program, as `npm run demo` does; `npm test` builds it first.
const PROGRAM = 'dist/src/demo/main.js';
const DAY_MS = 86_400_000;
const SILENT = { start() {}, advance() {}, stop() {} };

jest.setTimeout(30_000);

let workspace: EmbeddedWorkspace;
const apps: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  workspace = new EmbeddedWorkspace();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop()));
  await workspace.cleanUp();
});

async function testApp(): Promise<TestApp> {
  const app = await createTestApp();
  apps.push(app);
  return app;
}

/** The demo in a process of its own. */
function start(args: string[], env: Record<string, string> = {}) {
  const child = workspace.spawn(process.execPath, [PROGRAM, ...args], {
    cwd: `${__dirname}/..`,
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: workspace.dataDir(), LOG_LEVEL: '', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    output.stderr += text;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => ({ code, ...output })) };
}

async function demo(args: string[], env?: Record<string, string>) {
  const end = await start(args, env).ended;
  if (end.code !== 0) throw new Error(end.stderr);
  const counts = /Published (\d+) new.*?: (\d+) check-ins recorded, (\d+) duplicates/.exec(end.stdout);
  const [published, recorded, duplicates] = (counts ?? []).slice(1).map(Number);
  return { published, recorded, duplicates };
}

/** All versions, in the order of their ids, which tell a version altered from one replaced. */
async function versionsOf(ask: Ask): Promise<{ id: string; version: string; releasedAt: string }[]> {
  const { componentVersions } = await ask<{ componentVersions: { nodes: never[] } }>(
    '{ componentVersions(first: 500) { nodes { id component version releasedAt data } } }',
  );
  return componentVersions.nodes;
}

interface Stored {
  clusterId: string;
  createdAt: string;
  workflow: string;
}

/** The whole fleet's check-ins. */
async function checkinsStored(ask: Ask): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (let after: string | null = null; ; ) {
    // biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what is asserted.
    const { checkins }: any = await ask(
      `query ($after: String) { checkins(first: 500, after: $after) {
        nodes { createdAt data cluster { id } } pageInfo { hasNextPage endCursor }
      } }`,
      { after },
    );
    for (const { createdAt, data, cluster } of checkins.nodes) {
      stored.push({ clusterId: cluster.id, createdAt, workflow: data.data.workflow });
    }
    if (!checkins.pageInfo.hasNextPage) return stored;
    after = checkins.pageInfo.endCursor;
  }
}

function keysOf(checkins: readonly { clusterId: string; createdAt: string }[]): string[] {
  return checkins.map(({ clusterId, createdAt }) => `${clusterId} ${createdAt}`).sort();
}

function textOf(checkin: Stored): string {
  return JSON.stringify(checkin);
}

/** What a fleet has to have reported until then. */
function planned({ clusters, seed = 'demo', windowStart, until }: Fleet): string[] {
  const releases = workflowReleases(mapCatalogue(readCatalogue(), windowStart));
  return Array.from({ length: clusters }, (_, index) => planCluster(seed, index))
    .flatMap((plan) =>
      [...checkinsOf(plan, { start: windowStart, releases }, { after: undefined, until })].map(
        ({ reportedAt }) => `${plan.id} ${new Date(reportedAt).toISOString().replace('Z', '000Z')}`,
      ),
    )
    .sort();
}

interface Fleet {
  clusters: number;
  seed?: string;
  windowStart: number;
  until: number;
}

/** The clock runs on while the demo does: a check-in that fell due meanwhile may be there or not. */
function expectExactly(stored: readonly Stored[], fleet: Omit<Fleet, 'until'>, begun: number): void {
  const keys = keysOf(stored);
  const [due = [], dueByNow = []] = [begun, Date.now()].map((until) => planned({ ...fleet, until }));
  expect(new Set(keys).size).toBe(keys.length);
  expect(without(due, keys)).toEqual([]);
  expect(without(keys, dueByNow)).toEqual([]);
}

function without(keys: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return keys.filter((key) => !known.has(key));
}

describe('npm run demo', () => {
  test('without a server, plays to the database in DATA_DIR; run again it doubles nothing', async () => {
    const begun = Date.now();
    const first = await demo(['--clusters', '12']);
    const second = await demo(['--clusters', '12']);
    expect(first).toMatchObject({ published: 280, duplicates: 0 });
    expect(second).toMatchObject({ published: 0, duplicates: 0 });

    const config = {
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
      databaseUrl: undefined,
      dataDir: workspace.dataDir(),
    };
    const app = createApp(config, { logger: createLogger('silent') });
    apps.push(app);
    const ask = createClient(await app.start());
    const versions = await versionsOf(ask);
    expect(versions).toHaveLength(280);
    const stored = await checkinsStored(ask);
    expect(stored).toHaveLength((first.recorded ?? 0) + (second.recorded ?? 0));
    const windowStart = Date.parse(versions.at(-1)?.releasedAt ?? '');
    expect(begun - windowStart).toBeGreaterThanOrEqual(90 * DAY_MS);
    expect(begun - windowStart).toBeLessThan(90 * DAY_MS + SLOT_MS + 60_000);
    expectExactly(stored, { clusters: 12, windowStart }, begun);
    for (const { clusterId, createdAt } of stored) {
      const place = stored.find((other) => other.clusterId === clusterId)?.createdAt ?? '';
      expect(Math.abs(Date.parse(createdAt) - Date.parse(place)) % SLOT_MS).toBe(0);
    }

    const { clusters } = await ask<{ clusters: { nodes: { components: { freshness: string }[] }[] } }>(
      '{ clusters(first: 500) { nodes { components { freshness } } } }',
    );
    expect(clusters.nodes).toHaveLength(12);
    const freshness = clusters.nodes.flatMap(({ components }) => components.map((one) => one.freshness));
    expect([...new Set(freshness)].sort()).toEqual(['CURRENT', 'OUTDATED']);
  });

  test('days later, adds the days since: releases keep their times and clusters their past', async () => {
    const { url } = await testApp();
    const ask = createClient(url);
    const earlier = Date.now() - 10 * DAY_MS;
    const { signal } = new AbortController();
    await play({ ask, clusters: 20, seed: 'days', now: earlier, signal, progress: SILENT });
    const versions = await versionsOf(ask);
    const before = await checkinsStored(ask);
    const windowStart = startBefore(earlier);
    expect(keysOf(before)).toEqual(planned({ clusters: 20, seed: 'days', windowStart, until: earlier }));

    const begun = Date.now();
    const { recorded } = await demo(['--clusters', '25', '--seed', 'days', '--url', url]);
    const after = await checkinsStored(ask);
    expect(await versionsOf(ask)).toEqual(versions);
    expect(without(before.map(textOf), after.map(textOf))).toEqual([]);
    expect(after).toHaveLength(before.length + (recorded ?? 0));
    expectExactly(after, { clusters: 25, seed: 'days', windowStart }, begun);
  });

  test('stopped in the midst, the next run completes it', async () => {
    const app = await testApp();
    const env = { DATABASE_URL: app.database.url };
    const begun = Date.now();
    const { child, ended, output } = start(['--clusters', '40'], env);
    child.stderr?.on('data', () => {
      if (/Check-ins to report: \d+ of/.test(output.stderr)) child.kill('SIGTERM');
    });
    const { code, stdout } = await ended;
    expect(code).toBe(143);
    expect(stdout).toContain('Stopped. The next run goes on from here.');
    const ask = createClient(app.url);
    const part = await checkinsStored(ask);

    const rest = await demo(['--clusters', '40'], env);
    expect(rest).toMatchObject({ published: 0, duplicates: 0 });
    const stored = await checkinsStored(ask);
    expect(part.length).toBeGreaterThan(0);
    expect(part.length).toBeLessThan(stored.length);
    expect(stored).toHaveLength(part.length + (rest.recorded ?? 0));
    expectExactly(stored, { clusters: 40, windowStart: startBefore(begun) }, begun);
  });

  test('refuses a catalogue with real release times, and changes nothing', async () => {
    const { url, query } = await testApp();
    const real = readCatalogue().slice(0, 3);
    for (const input of real) {
      await query('mutation ($input: PublishVersionInput!) { publishVersion(input: $input) { created } }', {
        input,
      });
    }
    const ask = createClient(url);
    const before = await versionsOf(ask);
    const { code, stdout, stderr } = await start(['--url', url]).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^workflow-manager-api demo: The catalogue holds workflow v2\.0\.0 .*set DATA_DIR to another folder.*\n$/,
    );
    expect(await versionsOf(ask)).toEqual(before);
    expect(await checkinsStored(ask)).toEqual([]);
  });

  test('refuses one altered release time among its own', async () => {
    const { url } = await testApp();
    const ask = createClient(url);
    const versions = mapCatalogue(readCatalogue(), startBefore(Date.now()));
    const publish = 'mutation ($input: PublishVersionInput!) { publishVersion(input: $input) { created } }';
    await ask(publish, { input: versions[0] });
    await ask(publish, { input: { ...versions[50], releasedAt: '2026-01-01T00:00:00Z' } });
    const { code, stderr } = await start(['--url', url]).ended;
    expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 1, lines: 2 });
    expect(await versionsOf(ask)).toHaveLength(2);
  });

  test.each([
    [['--clusters', '0'], '--clusters must be a whole number from 1 to 100000'],
    [['--clusters', '100001'], '--clusters must be a whole number from 1 to 100000'],
    [['--clusters', 'many'], '--clusters must be a whole number from 1 to 100000'],
    [['--url', 'localhost:4000'], '--url must be a URL such as'],
    [['--fleet'], "Unknown option '--fleet'"],
    [['--url', 'http://127.0.0.1:1/graphql'], 'does not answer'],
  ])('%j is refused in one line', async (args, problem) => {
    const { code, stdout, stderr } = await start(args).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^workflow-manager-api demo: .*\n$/);
    expect(stderr).toContain(problem);
  });
});
