import { createTestApp, type TestApp } from './support/app';
import { checkIn, uuid } from './support/seed';
import { type Page, type WalkOptions, walkPages } from './support/walk';

let app: TestApp;

/** 60 clusters: instants shared by threes, some known only in part, some not at all. */
beforeAll(async () => {
  app = await createTestApp();
  await app.database.sql(`
    INSERT INTO clusters (cluster_id, first_seen, last_seen, data)
    SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
           CASE WHEN n % 10 = 9 THEN NULL WHEN n % 10 = 8 THEN '-infinity' ELSE timestamp '2016-03-01' + (n / 4) * interval '1 microsecond' END,
           CASE WHEN n % 10 = 9 THEN NULL WHEN n % 10 = 7 THEN 'infinity' WHEN n % 10 = 6 THEN '12016-01-01'
                ELSE timestamp '2016-04-01 23:59:59.999999' + (n / 3) * interval '1 microsecond' END,
           ('{"components":[{"component":{"name":"router"},"version":{"train":"beta","version":"v' || (n % 2) || '"}}]}')::json
    FROM generate_series(1, 60) n`);
  await app.database.sql(`
    INSERT INTO clusters_checkins (cluster_id, created_at, data)
    SELECT cluster_id, timestamp '2016-03-01' + k * interval '1 hour', '{}'
    FROM clusters, generate_series(1, 25) k WHERE cluster_id <= '${uuid(12)}'`);
});
afterAll(() => app.stop());

const walk = (
  field: string,
  size: number,
  { app: asked = app, ...options }: WalkOptions & { app?: TestApp } = {},
) => walkPages(asked, field, { size, ...options });

const ORDERS = {
  LAST_SEEN_DESC: 'last_seen DESC',
  LAST_SEEN_ASC: 'last_seen ASC',
  FIRST_SEEN_DESC: 'first_seen DESC',
  FIRST_SEEN_ASC: 'first_seen ASC',
  ID: 'NULL::int ASC',
};

/** The ids in an order, as plain SQL would have them: unknown instants last, ties by id. */
async function expectedIds(order: keyof typeof ORDERS): Promise<string[]> {
  const [column, direction] = ORDERS[order].split(' ');
  const known =
    order === 'ID'
      ? 'CASE WHEN false THEN now() END'
      : `CASE WHEN isfinite(${column}) AND extract(year FROM ${column}) < 10000 THEN ${column} END`;
  const rows = await app.database.sql<{ cluster_id: string }>(
    `SELECT cluster_id FROM clusters ORDER BY ${known} ${direction} NULLS LAST, cluster_id ${direction}`,
  );
  return rows.map(({ cluster_id }) => cluster_id);
}

describe.each(Object.keys(ORDERS) as (keyof typeof ORDERS)[])('clusters by %s', (order) => {
  const field = `{ clusters(PAGE, orderBy: ${order}) { NODES } }`;

  it.each([1, 7, 500])('are paged forward exactly once each, %i at a time', async (size) => {
    expect(await walk(field, size)).toEqual(await expectedIds(order));
  });

  it.each([1, 7, 500])('are paged backward exactly once each, %i at a time', async (size) => {
    expect(await walk(field, size, { backward: true })).toEqual(await expectedIds(order));
  });
});

describe('pages', () => {
  it('hold 20 items unless told otherwise, last seen first', async () => {
    const { clusters } = await app.query('{ clusters { nodes { id } } }');
    expect(clusters.nodes.map(({ id }: { id: string }) => id)).toEqual(
      (await expectedIds('LAST_SEEN_DESC')).slice(0, 20),
    );
  });

  it('lie between two cursors where both are given', async () => {
    const { clusters } = await app.query(
      '{ clusters(first: 10, orderBy: ID) { edges { cursor node { id } } } }',
    );
    const cursor = (index: number): string => clusters.edges[index].cursor;
    const { middle, end } = await app.query(`{
      middle: clusters(first: 50, orderBy: ID, after: "${cursor(2)}", before: "${cursor(6)}") { nodes { id } pageInfo { hasNextPage hasPreviousPage } }
      end: clusters(last: 2, orderBy: ID, after: "${cursor(2)}", before: "${cursor(6)}") { nodes { id } pageInfo { hasNextPage hasPreviousPage } }
    }`);
    expect(middle.nodes.map(({ id }: { id: string }) => id)).toEqual([uuid(4), uuid(5), uuid(6)]);
    expect(middle.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true });
    expect(end.nodes.map(({ id }: { id: string }) => id)).toEqual([uuid(5), uuid(6)]);
    expect(end.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: true });
  });

  it('between a known and an unknown instant hold what lies there', async () => {
    const { clusters } = await app.query(
      '{ clusters(first: 500, orderBy: LAST_SEEN_ASC) { edges { cursor node { id } } } }',
    );
    const ids = clusters.edges.map(({ node }: { node: { id: string } }) => node.id);
    const { between } = await app.query(
      `{ between: clusters(first: 500, orderBy: LAST_SEEN_ASC, after: "${clusters.edges[38].cursor}", before: "${clusters.edges[50].cursor}") { nodes { id } } }`,
    );
    expect(between.nodes.map(({ id }: { id: string }) => id)).toEqual(ids.slice(39, 50));
  });

  it('of nothing are empty and have no cursors', async () => {
    const { clusters } = await app.query(
      '{ clusters(filter: { ids: [] }) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
    );
    expect(clusters).toEqual({
      totalCount: 0,
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('by id visit every cluster exactly once while clusters appear and check in', async () => {
    const busy = await createTestApp();
    for (let n = 1; n <= 30; n++) await checkIn(busy, { clusterId: uuid(n) });
    let next = 31;
    const visited = await walk('{ clusters(PAGE, orderBy: ID) { NODES } }', 9, {
      app: busy,
      between: () =>
        Promise.all([checkIn(busy, { clusterId: uuid(next++) }), checkIn(busy, { clusterId: uuid(25) })]),
    });
    await busy.stop();
    expect(visited).toEqual(Array.from({ length: next - 1 }, (_, index) => uuid(index + 1)));
  });

  it('by last seen visit every cluster that does not report meanwhile exactly once', async () => {
    const busy = await createTestApp();
    for (let n = 1; n <= 30; n++) await checkIn(busy, { clusterId: uuid(n) });
    const visited = await walk('{ clusters(PAGE) { NODES } }', 4, {
      app: busy,
      between: () =>
        Promise.all([checkIn(busy, { clusterId: uuid(1) }), checkIn(busy, { clusterId: uuid(29) })]),
    });
    await busy.stop();
    const silent = Array.from({ length: 30 }, (_, index) => uuid(30 - index)).filter(
      (id) => id !== uuid(1) && id !== uuid(29),
    );
    expect(visited.filter((id) => id !== uuid(1) && id !== uuid(29))).toEqual(silent);
  });
});

describe('totalCount', () => {
  it('counts all pages, and only when asked for', async () => {
    const withCount = await app.countStatements(() =>
      app.query('{ clusters(first: 1) { totalCount nodes { id } } }'),
    );
    const without = await app.countStatements(() => app.query('{ clusters(first: 1) { nodes { id } } }'));
    expect([withCount, without]).toEqual([2, 1]);
    const { clusters, checkins } = await app.query(
      '{ clusters(first: 1) { totalCount } checkins(first: 1) { totalCount } }',
    );
    expect([clusters.totalCount, checkins.totalCount]).toEqual([60, 300]);
  });
});

describe('cluster filters', () => {
  const ids = async (filter: string): Promise<string[]> => {
    const { clusters } = await app.query(
      `{ clusters(first: 500, orderBy: ID, filter: ${filter}) { totalCount nodes { id } } }`,
    );
    expect(clusters.totalCount).toBe(clusters.nodes.length);
    return clusters.nodes.map(({ id }: { id: string }) => id);
  };

  it('choose by id, in any case, passing over unknown ones', async () => {
    expect(
      await ids(`{ ids: ["${uuid(3)}", "${uuid(11).toUpperCase()}", "${uuid(3)}", "${uuid(999)}"] }`),
    ).toEqual([uuid(3), uuid(11)]);
  });

  it('choose by a range whose start is included and whose end is not, to the microsecond', async () => {
    const range =
      '{ lastSeen: { from: "2016-04-01T23:59:59.999999Z", to: "2016-04-02T01:00:00.000001+01:00" } }';
    expect(await ids(range)).toEqual([uuid(1), uuid(2), uuid(3), uuid(4), uuid(5)]);
  });

  it('by an open range leave unknown instants out', async () => {
    expect(await ids('{ lastSeen: { from: "0001-01-01T00:00:00Z" } }')).toHaveLength(42);
    expect(await ids('{ lastSeen: {} }')).toHaveLength(42);
    expect(await ids('{ firstSeen: { to: "9999-12-31T23:59:59.999999Z" } }')).toHaveLength(48);
    expect(await ids('{}')).toHaveLength(60);
    expect(await ids('{ ids: null, firstSeen: null, lastSeen: null, runs: null }')).toHaveLength(60);
  });

  it('choose by what the latest report lists, on every page', async () => {
    expect(await ids('{ runs: { component: "router" } }')).toHaveLength(60);
    expect(await ids('{ runs: { component: "router", train: "beta", version: "v1" } }')).toHaveLength(30);
    expect(await ids('{ runs: { component: "router", train: "stable" } }')).toEqual([]);
    expect(await ids('{ runs: { component: "builder" } }')).toEqual([]);
    const walked = await walk(
      '{ clusters(PAGE, orderBy: LAST_SEEN_DESC, filter: { runs: { component: "router", version: "v0" } }) { NODES } }',
      4,
    );
    const all = await expectedIds('LAST_SEEN_DESC');
    expect(walked).toEqual(all.filter((id) => Number.parseInt(id.slice(-12), 16) % 2 === 0));
  });
});

describe("one cluster's history", () => {
  it('is paged both ways, newest first', async () => {
    const field = `{ cluster(id: "${uuid(5)}") { checkins(PAGE) { NODES } } }`;
    const path = (data: Record<string, unknown>) => (data.cluster as { checkins: Page }).checkins;
    const forward = await walk(field, 4, { path });
    const rows = await app.database.sql<{ checkins_id: string }>(
      'SELECT checkins_id FROM clusters_checkins WHERE cluster_id = $1 ORDER BY created_at DESC',
      [uuid(5)],
    );
    expect(forward).toEqual(rows.map(({ checkins_id }) => String(checkins_id)));
    expect(await walk(field, 4, { path, backward: true })).toEqual(forward);
  });

  it('can be cut to a range, and counts only what is in it', async () => {
    const { cluster } = await app.query(
      `{ cluster(id: "${uuid(5)}") { checkinCount
          checkins(range: { from: "2016-03-01T03:00:00Z", to: "2016-03-01T06:00:00Z" }) { totalCount nodes { createdAt cluster { id } } } } }`,
    );
    expect(cluster.checkinCount).toBe(25);
    expect(cluster.checkins).toEqual({
      totalCount: 3,
      nodes: ['05', '04', '03'].map((hour) => ({
        createdAt: `2016-03-01T${hour}:00:00.000000Z`,
        cluster: { id: uuid(5) },
      })),
    });
  });

  it('of different clusters and pages in one request do not mix', async () => {
    const { clusters } =
      await app.query(`{ clusters(filter: { ids: ["${uuid(1)}", "${uuid(2)}", "${uuid(40)}"] }, orderBy: ID) { nodes { id
      newest: checkins(first: 2) { nodes { createdAt cluster { id } } pageInfo { hasNextPage } }
      oldest: checkins(last: 1) { nodes { createdAt cluster { id } } pageInfo { hasPreviousPage } } } } }`);
    for (const { id, newest, oldest } of clusters.nodes) {
      const none = id === uuid(40);
      expect(newest.nodes.map(({ cluster }: { cluster: { id: string } }) => cluster.id)).toEqual(
        none ? [] : [id, id],
      );
      expect(newest.pageInfo.hasNextPage).toBe(!none);
      expect(oldest.nodes.map(({ createdAt }: { createdAt: string }) => createdAt)).toEqual(
        none ? [] : ['2016-03-01T01:00:00.000000Z'],
      );
    }
  });
});

describe('check-ins of the fleet', () => {
  it('that share an instant are visited exactly once each, both ways', async () => {
    const forward = await walk('{ checkins(PAGE) { NODES } }', 7);
    const rows = await app.database.sql<{ checkins_id: string }>(
      'SELECT checkins_id FROM clusters_checkins ORDER BY created_at DESC, cluster_id DESC',
    );
    expect(forward).toEqual(rows.map(({ checkins_id }) => String(checkins_id)));
    expect(await walk('{ checkins(PAGE) { NODES } }', 7, { backward: true })).toEqual(forward);
  });

  it('of some clusters are visited exactly once each, both ways', async () => {
    const filter = `{ clusterIds: ["${uuid(2)}", "${uuid(9)}", "${uuid(9)}", "${uuid(99)}"], createdAt: { from: "2016-03-01T05:00:00Z" } }`;
    const field = `{ checkins(PAGE, filter: ${filter}) { NODES } }`;
    const forward = await walk(field, 5);
    const rows = await app.database.sql<{ checkins_id: string }>(
      `SELECT checkins_id FROM clusters_checkins WHERE cluster_id = ANY($1) AND created_at >= '2016-03-01 05:00'
       ORDER BY created_at DESC, cluster_id DESC`,
      [[uuid(2), uuid(9)]],
    );
    expect(forward).toEqual(rows.map(({ checkins_id }) => String(checkins_id)));
    expect(await walk(field, 5, { backward: true })).toEqual(forward);
    const { checkins } = await app.query(`{ checkins(filter: ${filter}) { totalCount } }`);
    expect(checkins.totalCount).toBe(rows.length);
  });
});
