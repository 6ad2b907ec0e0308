import { readFileSync } from 'node:fs';
import { createTestApp, type TestApp } from './support/app';
import { checkIn, component, publish } from './support/seed';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(() => app.database.sql('TRUNCATE clusters, clusters_checkins, versions'));
afterAll(() => app.stop());

const FUTURE = new Date(Date.now() + 86_400_000).toISOString();

const latest = async (name = 'router', train = 'stable'): Promise<string | null> => {
  const { latestVersions } = await app.query(
    'query ($of: [ComponentTrainInput!]!) { latestVersions(of: $of) { version isLatest } }',
    { of: [{ component: name, train }] },
  );
  return latestVersions[0]?.version ?? null;
};

describe('publishing', () => {
  it('creates a version, and replaces release time and data of the same one', async () => {
    const first = await publish(app, 'v1.0.0', '2016-03-31T23:54:39.1234567+02:00', {
      data: { fixes: ['a'] },
    });
    expect(first).toEqual({
      created: true,
      componentVersion: {
        id: expect.stringMatching(/^\d+$/),
        component: 'router',
        train: 'stable',
        version: 'v1.0.0',
        releasedAt: '2016-03-31T21:54:39.123456Z',
        data: { fixes: ['a'] },
        isLatest: true,
      },
    });
    const second = await publish(app, 'v1.0.0', '2016-04-01T00:00:00Z');
    expect(second.created).toBe(false);
    expect(second.componentVersion).toEqual({
      ...first.componentVersion,
      releasedAt: '2016-04-01T00:00:00.000000Z',
      data: null,
    });
  });

  it('the same version from many pipelines at once creates it once', async () => {
    const payloads = await Promise.all(
      Array.from({ length: 10 }, (_, second) => publish(app, 'v1.0.0', `2020-01-01T00:00:0${second}Z`)),
    );
    expect(payloads.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(payloads.map(({ componentVersion }) => componentVersion.id)).size).toBe(1);
  });

  it('answers with the document that this very pipeline sent, whoever comes after it', async () => {
    const payloads = await Promise.all(
      Array.from({ length: 40 }, (_, n) => publish(app, 'v1.0.0', '2020-01-01T00:00:00Z', { data: { n } })),
    );
    expect(payloads.map(({ componentVersion }) => componentVersion.data.n)).toEqual([...payloads.keys()]);
  });

  it('counts names in code points, as the columns do', async () => {
    const wide = '😀'.repeat(64);
    const { componentVersion } = await publish(app, '日'.repeat(32), '2020-01-01T00:00:00Z', {
      component: wide,
      train: 'é'.repeat(24),
    });
    expect(componentVersion).toMatchObject({
      component: wide,
      train: 'é'.repeat(24),
      version: '日'.repeat(32),
    });
  });

  it('takes release times at both ends of time', async () => {
    const { componentVersion } = await publish(app, 'v0', '0001-01-01T00:00:00Z');
    expect(componentVersion).toMatchObject({ releasedAt: '0001-01-01T00:00:00.000000Z', isLatest: true });
    const last = await publish(app, 'v9', '9999-12-31T23:59:59.999999Z');
    expect(last.componentVersion).toMatchObject({
      releasedAt: '9999-12-31T23:59:59.999999Z',
      isLatest: false,
    });
  });

  it('twice in one request, the answers say what was true after each', async () => {
    const { a, b } = await app.query(`mutation {
      a: publishVersion(input: { component: "c", train: "t", version: "v1", releasedAt: "2020-01-01T00:00:00Z" }) { componentVersion { isLatest } }
      b: publishVersion(input: { component: "c", train: "t", version: "v2", releasedAt: "2020-01-02T00:00:00Z" }) { componentVersion { isLatest } }
    }`);
    expect([a, b]).toEqual([
      { componentVersion: { isLatest: true } },
      { componentVersion: { isLatest: true } },
    ]);
    expect(await latest('c', 't')).toBe('v2');
  });
});

describe('the latest version', () => {
  it('is the newest release that is not in the future', async () => {
    await publish(app, 'v2', '2020-02-01T00:00:00Z');
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    await publish(app, 'v3', FUTURE);
    expect(await latest()).toBe('v2');
  });

  it('among ties is the one with the larger id', async () => {
    await publish(app, 'v2', '2020-01-01T00:00:00Z');
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    expect(await latest()).toBe('v1');
  });

  it('is undated only if nothing on the train is dated', async () => {
    const insert = (version: string, at: string | null): Promise<unknown> =>
      app.database.sql(
        'INSERT INTO versions (component_name, train, version, release_timestamp) VALUES ($1, $2, $3, $4)',
        ['router', 'stable', version, at],
      );
    await insert('v1', null);
    await insert('v2', 'infinity');
    expect(await latest()).toBe('v2');
    await publish(app, 'v3', FUTURE);
    expect(await latest()).toBeNull();
    await publish(app, 'v0', '2000-01-01T00:00:00Z');
    expect(await latest()).toBe('v0');
  });

  it('belongs to one train of one component', async () => {
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    await publish(app, 'v2', '2020-02-01T00:00:00Z', { train: 'beta' });
    await publish(app, 'v3', '2020-03-01T00:00:00Z', { component: 'builder' });
    expect([
      await latest(),
      await latest('router', 'beta'),
      await latest('builder'),
      await latest('builder', 'beta'),
    ]).toEqual(['v1', 'v2', 'v3', null]);
  });

  it('of many pairs comes in their order, with null where nothing is published', async () => {
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    const of = Array.from({ length: 500 }, (_, index) => ({
      component: index % 2 ? 'router' : `c${index}`,
      train: 'stable',
    }));
    const { latestVersions } = await app.query(
      'query ($of: [ComponentTrainInput!]!) { latestVersions(of: $of) { version } }',
      { of },
    );
    expect(latestVersions).toEqual(of.map((_, index) => (index % 2 ? { version: 'v1' } : null)));
    expect(await app.query('{ latestVersions(of: []) { version } }')).toEqual({ latestVersions: [] });
  });
});

describe('freshness', () => {
  // What is published on router/stable, what is installed, and what the contract calls it.
  it.each<[string, Record<string, string | null>, string, string | null, string]>([
    ['the latest', { v1: '2020-01-01', v2: '2020-02-01' }, 'v2', 'stable', 'CURRENT'],
    ['an older one', { v1: '2020-01-01', v2: '2020-02-01' }, 'v1', 'stable', 'OUTDATED'],
    ['one dated after the latest', { v1: '2020-01-01', v9: '2999-01-01' }, 'v9', 'stable', 'CURRENT'],
    ['one to be released where nothing is released yet', { v9: '2999-01-01' }, 'v9', 'stable', 'CURRENT'],
    [
      'the earlier published of two with one date',
      { v1: '2020-01-01', v2: '2020-01-01' },
      'v1',
      'stable',
      'OUTDATED',
    ],
    [
      'the later published of two with one date',
      { v1: '2020-01-01', v2: '2020-01-01' },
      'v2',
      'stable',
      'CURRENT',
    ],
    ['one that is not published', { v1: '2020-01-01' }, 'v7', 'stable', 'UNKNOWN'],
    ['one of another train', { v1: '2020-01-01' }, 'v1', 'beta', 'UNKNOWN'],
    ['one without a train', { v1: '2020-01-01' }, 'v1', null, 'UNKNOWN'],
    ['an undated one beside dated ones', { v1: null, v2: '2020-01-01' }, 'v1', 'stable', 'UNKNOWN'],
    ['an undated one that counts as latest', { v1: null }, 'v1', 'stable', 'UNKNOWN'],
    ['one of an empty catalogue', {}, 'v1', 'stable', 'UNKNOWN'],
    ['one whose case differs', { v1: '2020-01-01' }, 'V1', 'stable', 'UNKNOWN'],
  ])('of %s', async (_, published, version, train, expected) => {
    for (const [name, at] of Object.entries(published)) {
      await app.database.sql(
        "INSERT INTO versions (component_name, train, version, release_timestamp) VALUES ('router', 'stable', $1, $2)",
        [name, at],
      );
    }
    const installed = train === null ? { name: 'router', version } : { name: 'router', version, train };
    const { checkin } = await checkIn(app, { components: [installed] });
    const { checkins } = await app.query(
      '{ checkins { nodes { id components { freshness latest { isLatest } } } } }',
    );
    expect(checkins.nodes[0]).toMatchObject({ id: checkin.id, components: [{ freshness: expected }] });
  });

  it('is judged train by train within one report', async () => {
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    await publish(app, 'v2', '2020-02-01T00:00:00Z');
    await publish(app, 'v1', '2020-01-01T00:00:00Z', { train: 'beta' });
    await checkIn(app, {
      components: [
        component('router', 'v1', 'stable'),
        component('router', 'v1', 'beta'),
        { name: 'router', version: 'v1' },
      ],
    });
    const { clusters } = await app.query(
      '{ clusters { nodes { components { train freshness latest { version } } } } }',
    );
    expect(clusters.nodes[0].components).toEqual([
      { train: 'stable', freshness: 'OUTDATED', latest: { version: 'v2' } },
      { train: 'beta', freshness: 'CURRENT', latest: { version: 'v1' } },
      { train: null, freshness: 'UNKNOWN', latest: null },
    ]);
  });
});

describe('the catalogue', () => {
  it('of the real product is published and read back, newest first', async () => {
    const releases = readFileSync(`${__dirname}/../src/demo/workflow-versions.ndjson`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const { version, releasedAt, ...rest } of releases) {
      expect((await publish(app, version, releasedAt, rest)).created).toBe(true);
    }
    const { componentVersions } = await app.query(
      '{ componentVersions(first: 500) { totalCount nodes { component train version releasedAt data } } }',
    );
    expect(componentVersions.totalCount).toBe(280);
    const instants = componentVersions.nodes.map(({ releasedAt }: { releasedAt: string }) => releasedAt);
    expect(instants).toEqual([...instants].sort().reverse());
    const key = ({ component: name, version }: { component: string; version: string }): string =>
      `${name} ${version}`;
    const published = new Map(
      componentVersions.nodes.map((node: { component: string; version: string }) => [key(node), node]),
    );
    for (const release of releases) {
      expect(published.get(key(release))).toEqual({
        ...release,
        releasedAt: release.releasedAt.replace('Z', '.000000Z'),
      });
    }
    // By release timestamp, not by the number: 2.20.1 was released after 2.20.2.
    const { componentVersions: workflow } = await app.query(
      '{ componentVersions(first: 500, filter: { component: "workflow" }) { nodes { version } } }',
    );
    const order = workflow.nodes.map(({ version }: { version: string }) => version);
    expect(order.indexOf('v2.20.1')).toBeLessThan(order.indexOf('v2.20.2'));
    expect(await latest('workflow')).toBe('v2.23.0');
  });

  it('is filtered by component, train and release time, undated versions last', async () => {
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    await publish(app, 'v2', '2020-02-01T00:00:00Z');
    await publish(app, 'v1', '2020-03-01T00:00:00Z', { train: 'beta' });
    await app.database.sql(
      "INSERT INTO versions (component_name, train, version) VALUES ('router', 'stable', 'v0'), (NULL, 'stable', 'v5'), ('x', NULL, 'v5'), ('x', 'stable', NULL)",
    );
    const list = async (filter: string): Promise<string[]> => {
      const { componentVersions } = await app.query(
        `{ componentVersions(filter: ${filter}) { totalCount nodes { version train } } }`,
      );
      expect(componentVersions.totalCount).toBe(componentVersions.nodes.length);
      return componentVersions.nodes.map(
        ({ version, train }: { version: string; train: string }) => `${train} ${version}`,
      );
    };
    expect(await list('{}')).toEqual(['beta v1', 'stable v2', 'stable v1', 'stable v0']);
    expect(await list('{ component: "router", train: "stable" }')).toEqual([
      'stable v2',
      'stable v1',
      'stable v0',
    ]);
    expect(
      await list('{ releasedAt: { from: "2020-01-01T00:00:00Z", to: "2020-02-01T00:00:00Z" } }'),
    ).toEqual(['stable v1']);
    expect(await list('{ component: "Router" }')).toEqual([]);
  });

  it('finds one version, exactly as it was published', async () => {
    await publish(app, 'v1', '2020-01-01T00:00:00Z');
    const find = (version: string): Promise<unknown> =>
      app.query(
        'query ($version: String!) { componentVersion(component: "router", train: "stable", version: $version) { version } }',
        { version },
      );
    expect(await find('v1')).toEqual({ componentVersion: { version: 'v1' } });
    expect(await find('V1')).toEqual({ componentVersion: null });
    expect(await find('v1 ')).toEqual({ componentVersion: null });
  });
});
