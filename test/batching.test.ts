import { createTestApp, type TestApp } from './support/app';
import { checkIn, component, publish, uuid } from './support/seed';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
  for (const name of ['builder', 'controller', 'router']) {
    await publish(app, 'v1', '2020-01-01T00:00:00Z', { component: name });
    await publish(app, 'v2', '2020-02-01T00:00:00Z', { component: name });
  }
  for (let cluster = 1; cluster <= 40; cluster++) {
    for (let day = 1; day <= 5; day++) {
      await checkIn(app, {
        clusterId: uuid(cluster),
        reportedAt: `2021-01-0${day}T00:00:00Z`,
        components: ['builder', 'controller', 'router'].map((name) => component(name, day % 2 ? 'v1' : 'v2')),
      });
    }
  }
});
afterAll(() => app.stop());

const statements = (query: string): Promise<number> => app.countStatements(() => app.query(query));

const NESTED = `{ clusters(first: SIZE) { totalCount nodes { id data components { name latest { version isLatest data } freshness }
  checkinCount
  checkins(first: SIZE) { totalCount nodes { id data components { name latest { version } freshness }
    cluster { id lastSeen data components { name latest { version } freshness }
      checkins(first: SIZE) { nodes { id cluster { id checkinCount } components { latest { isLatest } } } } } } } } } }`;

it('a nested query costs no more statements than its fields on each level, however many rows there are', async () => {
  // Clusters, their number, their documents and check-in counts; histories and their numbers; check-ins' documents;
  // on three levels the latest and the installed versions; two versions' documents. What is known already, or
  // asked for at the same moment by two levels, is not asked for again.
  const fields = 1 + 3 + 2 + 1 + 3 * 2 + 2;
  for (const size of ['1', '2', '40']) {
    const count = await statements(NESTED.replaceAll('SIZE', size));
    expect(count).toBeGreaterThan(8);
    expect(count).toBeLessThanOrEqual(fields);
  }
});

it.each<[string, number]>([
  ['{ clusters(first: 40) { nodes { id firstSeen lastSeen } } }', 1],
  ['{ clusters(first: 40) { nodes { id checkins(first: 5) { nodes { id createdAt } } } } }', 2],
  ['{ clusters(first: 40) { nodes { checkins(first: 5) { nodes { cluster { id lastSeen } } } } } }', 3],
  ['{ clusters(first: 40) { nodes { components { name version } } } }', 2],
  ['{ clusters(first: 40) { nodes { data components { name } } } }', 2],
  ['{ clusters(first: 40) { nodes { components { latest { version } } } } }', 3],
  ['{ clusters(first: 40) { nodes { components { latest { version } freshness } } } }', 4],
  ['{ checkins(first: 200) { nodes { components { freshness latest { isLatest data } } } } }', 5],
  ['{ componentVersions { nodes { version isLatest } } }', 2],
  [
    `{ a: cluster(id: "${uuid(1)}") { id } b: cluster(id: "${uuid(2)}") { id } c: cluster(id: "${uuid(3)}") { id } }`,
    1,
  ],
  [
    '{ clusters(first: 40) { nodes { a: checkins(first: 1) { nodes { id } } b: checkins(last: 1) { nodes { id } } } } }',
    3,
  ],
  ['{ clusters { pageInfo { hasNextPage } } __typename }', 1],
])('%s costs a fixed number of statements', async (query, expected) => {
  expect(await statements(query)).toBe(expected);
});

it('a check-in is one statement, whatever its answer asks of the cluster itself', async () => {
  const count = await app.countStatements(() =>
    app.query(
      `mutation { checkIn(input: { clusterId: "${uuid(1)}", components: [] }) { checkin { id createdAt data components { name } } cluster { id firstSeen lastSeen } } }`,
    ),
  );
  expect(count).toBe(1);
});

it('documents are read only where data or components are asked for', async () => {
  const read = async (query: string): Promise<boolean> => {
    const before = app.log.length;
    await app.query(query);
    return app.log.slice(before).some(({ statement }) => /\bdata\b/.test(String(statement ?? '')));
  };
  const fields =
    'id firstSeen lastSeen checkinCount checkins { totalCount nodes { id createdAt cluster { id } } }';
  expect(
    await read(
      `{ clusters { totalCount nodes { ${fields} } } componentVersions { nodes { version isLatest } } }`,
    ),
  ).toBe(false);
  expect(await read('{ clusters { nodes { data } } }')).toBe(true);
  expect(await read('{ clusters { nodes { components { name } } } }')).toBe(true);
  expect(await read('{ checkins { nodes { components { name } } } }')).toBe(true);
  expect(await read('{ componentVersions { nodes { data } } }')).toBe(true);
});
