import { createTestApp, type TestApp } from './support/app';
import { checkIn, component, publish, uuid } from './support/seed';

let app: TestApp;

/** Documents as old databases hold them, each with the components it can be read as. */
const DOCUMENTS: [string | null, unknown[]][] = [
  [null, []],
  ['null', []],
  ['7', []],
  ['"text"', []],
  ['[]', []],
  ['{}', []],
  ['{"components":null}', []],
  ['{"components":{"a":1}}', []],
  [
    '{"components":[null,7,"x",[],{},{"component":null},{"component":{"name":""}},{"component":{"name":5}}]}',
    [],
  ],
  ['{"components":[{"version":{"version":"v1"}}]}', []],
  ['{"components":[{"component":{"name":"ok"}}]}', [{ name: 'ok', train: null, version: '' }]],
  [
    '{"components":[{"component":{"name":"ok","description":3},"version":{"version":7,"train":"","data":[1]}}]}',
    [{ name: 'ok', train: null, version: '' }],
  ],
  [
    '{"components":[{"component":{"name":"a\\u0000b"},"version":{"version":"\\ud800","train":"stable"}},7,{"component":{"name":"router"},"version":{"version":"v1","train":"stable"}}]}',
    [
      { name: 'a\u0000b', train: 'stable', version: '\ud800' },
      { name: 'router', train: 'stable', version: 'v1' },
    ],
  ],
  [
    '{"components":[{"component":{"name":"router"},"version":{"version":"v1","train":"stable"}},{"component":{"name":"router"},"version":{"version":"v2","train":"stable"}},{"component":{"name":"router"},"version":{"version":"v3"}}]}',
    [
      { name: 'router', train: 'stable', version: 'v2' },
      { name: 'router', train: null, version: 'v3' },
    ],
  ],
  [`{"components":[],"deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, []],
  ['{"components":[{"component":{"name":"big"}}],"n":1e999}', [{ name: 'big', train: null, version: '' }]],
];

beforeAll(async () => {
  app = await createTestApp();
  await publish(app, 'v1', '2020-01-01T00:00:00Z');
  for (const [index, [document]] of DOCUMENTS.entries()) {
    const id = uuid(index + 1);
    await app.database.sql("INSERT INTO clusters VALUES ($1, '2016-03-01', '2016-03-02', $2)", [
      id,
      document,
    ]);
    await app.database.sql(
      "INSERT INTO clusters_checkins (cluster_id, created_at, data) VALUES ($1, '2016-03-01', $2)",
      [id, document],
    );
  }
});
afterAll(() => app.stop());

const COMPONENTS = 'components { name train version description data freshness latest { version } }';

it('every untidy document is read as far as it goes, beside all the others', async () => {
  const { clusters, checkins } = await app.query(`{
    clusters(first: 100, orderBy: ID) { nodes { data ${COMPONENTS} checkins { nodes { ${COMPONENTS} } } } }
    checkins(last: 100) { nodes { cluster { id } data ${COMPONENTS} } }
  }`);
  for (const [index, [, expected]] of DOCUMENTS.entries()) {
    const cluster = clusters.nodes[index];
    expect(
      cluster.components.map(({ name, train, version }: Record<string, unknown>) => ({
        name,
        train,
        version,
      })),
    ).toEqual(expected);
    expect(cluster.checkins.nodes[0].components).toEqual(cluster.components);
    const checkin = checkins.nodes.find(
      ({ cluster: { id } }: { cluster: { id: string } }) => id === uuid(index + 1),
    );
    expect(checkin.components).toEqual(cluster.components);
  }
  const [, router] = clusters.nodes[12].components;
  expect(router).toMatchObject({ freshness: 'CURRENT', latest: { version: 'v1' } });
  expect(clusters.nodes[12].components[0]).toMatchObject({ freshness: 'UNKNOWN', latest: null });
});

it('untidy documents do not disturb the search for what clusters run', async () => {
  const { clusters } = await app.query(
    '{ clusters(orderBy: ID, filter: { runs: { component: "router", train: "stable" } }) { totalCount nodes { id } } }',
  );
  expect(clusters).toEqual({ totalCount: 2, nodes: [{ id: uuid(13) }, { id: uuid(14) }] });
  const { empty } = await app.query(
    '{ empty: clusters(orderBy: ID, filter: { runs: { component: "ok", version: "" } }) { nodes { id } } }',
  );
  expect(empty.nodes).toHaveLength(2);
});

it('check-ins without a cluster or a usable instant are kept and not served', async () => {
  const [before] = await app.database.sql<{ count: string }>('SELECT count(*) FROM clusters_checkins');
  await app.database.sql(`
    INSERT INTO clusters_checkins (cluster_id, created_at) VALUES
      (NULL, '2016-03-01'), ('${uuid(1)}', NULL), (NULL, NULL), ('${uuid(1)}', 'infinity'), ('${uuid(1)}', '-infinity'),
      ('${uuid(1)}', '10000-01-01'), ('${uuid(1)}', '0001-12-31 BC')`);
  const { checkins, cluster } = await app.query(
    `{ checkins(first: 100) { totalCount nodes { createdAt } }
       cluster(id: "${uuid(1)}") { checkinCount checkins { totalCount nodes { createdAt } } } }`,
  );
  expect(checkins.totalCount).toBe(Number(before?.count));
  expect(checkins.nodes).toHaveLength(Number(before?.count));
  expect(cluster.checkinCount).toBe(1);
  expect(cluster.checkins).toEqual({ totalCount: 1, nodes: [{ createdAt: '2016-03-01T00:00:00.000000Z' }] });
  const [after] = await app.database.sql<{ count: string }>('SELECT count(*) FROM clusters_checkins');
  expect(Number(after?.count)).toBe(Number(before?.count) + 7);
});

it('a check-in whose cluster has no row still answers who reported', async () => {
  await app.database.sql(
    `INSERT INTO clusters_checkins (cluster_id, created_at) VALUES ('${uuid(500)}', '2016-05-01')`,
  );
  const { checkins } = await app.query(
    '{ checkins(first: 1) { nodes { cluster { id firstSeen data components { name } } } } }',
  );
  expect(checkins.nodes).toEqual([
    { cluster: { id: uuid(500), firstSeen: null, data: null, components: [] } },
  ]);
});

it('numbers of rows that no sequence gave are paged like any other', async () => {
  await app.database.sql(`
    INSERT INTO versions (version_id, component_name, train, version)
    SELECT n, 'odd', 'stable', n::text FROM generate_series(-2, 2) n WHERE n <> 1`);
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page: {
      componentVersions: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    } = await app.query(
      `query ($after: String) { componentVersions(first: 1, after: $after, filter: { component: "odd" }) {
          nodes { id } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    const { nodes, pageInfo } = page.componentVersions;
    ids.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  expect(ids).toEqual(['2', '0', '-1', '-2']);
});

it('a cluster seen at the last instant there is can still report', async () => {
  await app.database.sql(
    "INSERT INTO clusters VALUES ($1, '2016-03-01', '9999-12-31 23:59:59.999999', '{}')",
    [uuid(600)],
  );
  const { checkin, cluster } = await checkIn(app, { clusterId: uuid(600) });
  expect(cluster.lastSeen).toBe('9999-12-31T23:59:59.999999Z');
  expect(checkin.createdAt).toBe('9999-12-31T23:59:59.999999Z');
});

it('a new report follows an untidy one like any other', async () => {
  const { cluster } = await checkIn(app, { clusterId: uuid(13), components: [component()] });
  expect(cluster).toMatchObject({ firstSeen: '2016-03-01T00:00:00.000000Z', data: { id: uuid(13) } });
});
