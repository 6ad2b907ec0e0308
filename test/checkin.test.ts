import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createTestApp, type TestApp } from './support/app';
import { checkIn, component } from './support/seed';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const rows = (clusterId: string) =>
  app.database.sql<{ created_at: string; data: string }>(
    'SELECT created_at::text, data::text FROM clusters_checkins WHERE cluster_id = $1 ORDER BY created_at',
    [clusterId],
  );

describe('a first report', () => {
  it('creates the cluster, seen at the instant of the report', async () => {
    const clusterId = randomUUID();
    const { cluster, checkin, duplicate, nextCheckInSeconds } = await checkIn(app, { clusterId });
    expect(cluster).toMatchObject({
      id: clusterId,
      firstSeen: checkin.createdAt,
      lastSeen: checkin.createdAt,
    });
    expect(duplicate).toBe(false);
    expect(nextCheckInSeconds).toBe(43_200);
    expect(Math.abs(Date.parse(checkin.createdAt) - Date.now())).toBeLessThan(60_000);
  });

  it('takes an id in any case and gives it out in lower case', async () => {
    const clusterId = randomUUID();
    await checkIn(app, { clusterId: clusterId.toUpperCase() });
    const { cluster } = await app.query('query ($id: ID!) { cluster(id: $id) { id checkinCount } }', {
      id: clusterId.toUpperCase(),
    });
    expect(cluster).toEqual({ id: clusterId, checkinCount: 1 });
  });

  it('sent by twenty connections at once is recorded by all of them', async () => {
    const clusterId = randomUUID();
    const payloads = await Promise.all(Array.from({ length: 20 }, () => checkIn(app, { clusterId })));
    expect(payloads.every(({ duplicate }) => !duplicate)).toBe(true);
    expect(new Set(payloads.map(({ checkin }) => checkin.createdAt)).size).toBe(20);
    const { cluster } = await app.query(
      'query ($id: ID!) { cluster(id: $id) { firstSeen lastSeen checkins(first: 50) { nodes { createdAt } } } }',
      { id: clusterId },
    );
    const instants = cluster.checkins.nodes.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(instants).toHaveLength(20);
    expect(cluster).toMatchObject({ firstSeen: instants.at(-1), lastSeen: instants[0] });
  });
});

describe('the stored document', () => {
  it('has the shape that older readers of the tables know', async () => {
    const clusterId = randomUUID();
    await checkIn(app, {
      clusterId,
      components: [
        {
          name: 'deis-router',
          description: 'Deis Router',
          train: 'stable',
          version: '2.0.0',
          releasedAt: '2016-03-26T23:54:39+01:00',
          data: { image: 'quay.io/deis/router' },
        },
        { name: 'plain', version: 'v1' },
      ],
      data: { kubernetes: '1.2' },
    });
    const expected = {
      id: clusterId,
      components: [
        {
          component: { name: 'deis-router', description: 'Deis Router' },
          version: {
            train: 'stable',
            version: '2.0.0',
            released: '2016-03-26T22:54:39.000000Z',
            data: { image: 'quay.io/deis/router' },
          },
        },
        { component: { name: 'plain' }, version: { version: 'v1' } },
      ],
      data: { kubernetes: '1.2' },
    };
    const [stored] = await rows(clusterId);
    expect(JSON.parse(stored?.data ?? '')).toEqual(expected);
    const [cluster] = await app.database.sql('SELECT data FROM clusters WHERE cluster_id = $1', [clusterId]);
    expect(cluster).toEqual({ data: expected });
  });

  it('of a real cluster on Workflow 2.10.0 is read back as it was reported', async () => {
    const document = JSON.parse(readFileSync(`${__dirname}/fixtures/check-in-2.10.json`, 'utf8'));
    const components = document.components.map(
      ({ component, version }: { component: { name: string }; version: Record<string, string> }) => ({
        name: component.name,
        train: version.train,
        version: version.version,
        releasedAt: version.released,
      }),
    );
    await checkIn(app, { clusterId: document.id, components });
    const { cluster } = await app.query(
      'query ($id: ID!) { cluster(id: $id) { data components { name train version description data } } }',
      { id: document.id },
    );
    expect(cluster.components).toHaveLength(17);
    expect(cluster.components[1]).toEqual({
      name: 'controller',
      train: 'stable',
      version: 'v2.10.0',
      description: null,
      data: null,
    });
    expect(cluster.data.components.map(({ component }: { component: unknown }) => component)).toEqual(
      document.components.map(({ component }: { component: unknown }) => component),
    );
  });

  it('keeps Unicode, a key named __proto__ and numbers at the edge of a double', async () => {
    const clusterId = randomUUID();
    const data =
      '{"日本":"é\\n\\u007f😀","__proto__":{"a":1},"max":1.7976931348623157e308,"safe":9007199254740991,"tiny":5e-324}';
    const answer = await app.post(
      `{"query":"mutation ($input: CheckInInput!) { checkIn(input: $input) { checkin { data } } }",
        "variables":{"input":{"clusterId":"${clusterId}","components":[],"data":${data}}}}`,
    );
    expect(answer.errors).toBeUndefined();
    const [stored] = await rows(clusterId);
    expect(stored?.data).toContain('"__proto__":{"a":1}');
    expect(JSON.parse(stored?.data ?? '').data).toEqual(JSON.parse(data));
  });

  it('takes JSON written into the operation itself', async () => {
    const clusterId = randomUUID();
    const { checkIn: payload } = await app.query(
      `mutation ($n: JSON) { checkIn(input: {
        clusterId: "${clusterId}", components: [], data: {a: [1, 2.5, "x", true, null, RED], n: $n}
      }) { checkin { data } } }`,
      { n: { deep: [1] } },
    );
    expect(payload.checkin.data.data).toEqual({ a: [1, 2.5, 'x', true, null, 'RED'], n: { deep: [1] } });
  });

  it('leaves out what a variable that was not given would have said', async () => {
    const { checkIn: payload } = await app.query(
      `mutation ($__proto__: JSON, $unset: JSON) {
        checkIn(input: { clusterId: "${randomUUID()}", components: [], data: { a: $__proto__, b: $unset, c: 1 } }) { checkin { data } } }`,
    );
    expect(payload.checkin.data.data).toEqual({ c: 1 });
  });

  it('may list no components, and one component on several trains', async () => {
    const { checkin } = await checkIn(app, { components: [] });
    expect(checkin.data.components).toEqual([]);
    const { checkin: second } = await checkIn(app, {
      components: [
        component('router', 'v1', 'beta'),
        component('router', 'v2', 'stable'),
        { name: 'router', version: 'v3' },
      ],
    });
    expect(second.data.components).toHaveLength(3);
  });
});

it('two check-ins in one request each answer what was true after them', async () => {
  const id = randomUUID();
  const report = (alias: string, at: string): string =>
    `${alias}: checkIn(input: { clusterId: "${id}", components: [], reportedAt: "${at}" }) {
      cluster { lastSeen checkinCount data checkins { nodes { createdAt } } } }`;
  const { a, b } = await app.query(
    `mutation { ${report('a', '2020-01-01T00:00:00Z')} ${report('b', '2020-01-02T00:00:00Z')} }`,
  );
  expect(a.cluster).toMatchObject({ lastSeen: '2020-01-01T00:00:00.000000Z', checkinCount: 1 });
  expect(b.cluster).toMatchObject({ lastSeen: '2020-01-02T00:00:00.000000Z', checkinCount: 2 });
});
