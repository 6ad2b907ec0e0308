import { mapCatalogue, readCatalogue, workflowReleases } from '../src/demo/catalogue';
import { checkinsOf, planCluster } from '../src/demo/fleet';
import { startBefore } from '../src/demo/timeline';

const DAY_MS = 86_400_000;

/** What a cluster on Workflow 2.10.0 really ran. */
const ON_2_10_0: Record<string, string> = {
  builder: 'v2.6.1',
  controller: 'v2.10.0',
  dockerbuilder: 'v2.5.2',
  fluentd: 'v2.6.0',
  logger: 'v2.4.1',
  minio: 'v2.3.4',
  monitor: 'v2.7.0',
  nsq: 'v2.2.5',
  postgres: 'v2.5.0',
  redis: 'v2.2.4',
  registry: 'v2.3.2',
  'registry-token-refresher': 'v1.1.0',
  router: 'v2.8.1',
  slugbuilder: 'v2.4.8',
  slugrunner: 'v2.2.4',
  workflow: 'v2.10.0',
  'workflow-manager': 'v2.4.4',
};

describe('the fleet that npm run demo makes up', () => {
  test('a cluster on Workflow 2.10.0 runs what one really ran', () => {
    const releases = workflowReleases(readCatalogue());
    const { components = [] } = releases.find(({ version }) => version === 'v2.10.0') ?? {};
    expect(Object.fromEntries(components.map(({ name, version }) => [name, version]))).toEqual(ON_2_10_0);
    expect(components.filter(({ train }) => train !== 'stable')).toEqual([]);
  });

  test('releases follow one another by release time, also where their numbers do not', () => {
    const order = workflowReleases(mapCatalogue(readCatalogue(), 0)).map(({ version }) => version);
    expect(order.slice(order.indexOf('v2.20.0'), order.indexOf('v2.21.0') + 1)).toEqual([
      'v2.20.0',
      'v2.20.2',
      'v2.20.1',
      'v2.21.0',
    ]);
  });

  test('release times are mapped linearly onto the 90 days of the window', () => {
    const now = Date.parse('2026-03-31T23:54:39Z');
    const windowStart = startBefore(now);
    expect(new Date(windowStart).toISOString()).toBe('2025-12-31T12:00:00.000Z');
    const real = readCatalogue().map(({ releasedAt }) => Date.parse(releasedAt));
    const mapped = mapCatalogue(readCatalogue(), windowStart).map(({ releasedAt }) => Date.parse(releasedAt));
    const [first = 0, last = 0] = [real[0], real.at(-1)];
    expect(mapped[0]).toBe(windowStart);
    expect(mapped.at(-1)).toBe(windowStart + 90 * DAY_MS);
    for (const [index, time] of mapped.entries()) {
      const share = ((real[index] ?? 0) - first) / (last - first);
      expect(Math.abs(time - windowStart - share * 90 * DAY_MS)).toBeLessThanOrEqual(500);
    }
  });

  test('the same seed and index give the same cluster, another seed another one, each with a UUID of version 4', () => {
    expect(planCluster('demo', 7)).toEqual(planCluster('demo', 7));
    const ids = ['demo', 'other'].flatMap((seed) =>
      Array.from({ length: 1000 }, (_, index) => planCluster(seed, index).id),
    );
    expect(new Set(ids).size).toBe(2000);
    expect(
      ids.filter((id) => !/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)),
    ).toEqual([]);
  });

  test('of 300 clusters many appear later, some go silent for good, some come back, and upgrades only go forward', () => {
    const windowStart = startBefore(Date.parse('2026-03-31T23:54:39Z'));
    const until = windowStart + 90 * DAY_MS;
    const releases = workflowReleases(mapCatalogue(readCatalogue(), windowStart));
    const counts = { late: 0, silent: 0, returned: 0, upgraded: 0 };
    for (let index = 0; index < 300; index++) {
      const timeline = { start: windowStart, releases };
      const checkins = [...checkinsOf(planCluster('demo', index), timeline, { after: undefined, until })];
      const times = checkins.map(({ reportedAt }) => reportedAt);
      const installed = checkins.map(({ release }) => releases.indexOf(release));
      const [first = 0, last = 0] = [times[0], times.at(-1)];
      expect(installed).toEqual([...installed].sort((one, other) => one - other));
      expect(checkins.every(({ release, reportedAt }) => release.releasedAt <= reportedAt)).toBe(true);
      if (first > windowStart + 10 * DAY_MS) counts.late++;
      if (last < until - 2 * DAY_MS) counts.silent++;
      if (times.some((time, at) => at > 0 && time - (times[at - 1] ?? 0) > 2 * DAY_MS)) counts.returned++;
      if (installed[0] !== installed.at(-1)) counts.upgraded++;
    }
    for (const [share, count] of [
      [100, counts.late],
      [30, counts.silent],
      [30, counts.returned],
      [200, counts.upgraded],
    ] as const) {
      expect(count).toBeGreaterThan(share);
    }
    expect(counts.silent).toBeLessThan(75);
  });
});
