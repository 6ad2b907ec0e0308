import { createTestApp } from './support/app';
import { createTestDatabase, type TestDatabase } from './support/database';

describe('a large fleet', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.sql(`
      INSERT INTO clusters (cluster_id, first_seen, last_seen)
      SELECT md5('c' || n)::uuid, CASE WHEN n % 3 > 0 THEN timestamp '2020-01-01' + n * interval '1 minute' END,
             CASE WHEN n % 3 > 0 THEN timestamp '2020-01-01' + n * interval '1 minute' END FROM generate_series(1, 40000) n`);
    await database.sql(`
      INSERT INTO clusters_checkins (cluster_id, created_at)
      SELECT cluster_id, timestamp '2020-01-01' + n * interval '1 minute'
      FROM generate_series(1, 40000) n CROSS JOIN LATERAL (SELECT md5('c' || n % 50)::uuid AS cluster_id) c`);
    await database.sql(`
      INSERT INTO versions (component_name, train, version, release_timestamp)
      SELECT 'router', 'stable', n::text, CASE WHEN n % 3 > 0 THEN timestamp '2020-01-01' + n * interval '1 minute' END
      FROM generate_series(1, 40000) n`);
    await database.sql('VACUUM ANALYZE');
  });
  afterAll(() => database.drop());

  /** How many blocks of tables and indexes a request touches. */
  async function blocksTouched(query: string): Promise<number> {
    const touched = async (): Promise<number> => {
      const [row] = await database.sql<{ blocks: string }>(
        'SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read) AS blocks FROM pg_statio_user_tables',
      );
      return Number(row?.blocks);
    };
    const before = await touched();
    const large = await createTestApp(database);
    await large.query(query);
    await large.stop();
    // Sessions report what they touched at their end at the latest.
    const sessions =
      'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    while ((await database.sql(sessions)).length > 0);
    return (await touched()) - before;
  }

  const cursor = (tag: string, minute: number | null, id: string): string => {
    const instant =
      minute === null ? null : new Date(Date.UTC(2020, 0, 1, 0, minute)).toISOString().replace('Z', '000Z');
    return Buffer.from(JSON.stringify([tag, instant, id])).toString('base64url');
  };
  const MIDDLE = '80000000-0000-4000-8000-000000000000';
  const range = '{ from: "2020-01-02T00:00:00Z", to: "2020-01-27T00:00:00Z" }';
  /** A list, the tag and id of its cursors, and whether it ends in unknown instants. */
  const LISTS: [list: string, tag: string, id: string, hasUnknown: boolean][] = [
    ...['LAST_SEEN_DESC', 'LAST_SEEN_ASC', 'FIRST_SEEN_DESC', 'FIRST_SEEN_ASC'].map(
      (order): [string, string, string, boolean] => [
        `clusters(orderBy: ${order}, PAGE) { nodes { id } }`,
        `clusters:${order}`,
        MIDDLE,
        true,
      ],
    ),
    [
      `clusters(filter: { lastSeen: ${range} }, PAGE) { nodes { id } }`,
      'clusters:LAST_SEEN_DESC',
      MIDDLE,
      true,
    ],
    ['checkins(PAGE) { nodes { id } }', 'checkins', MIDDLE, false],
    [`checkins(filter: { createdAt: ${range} }, PAGE) { nodes { id } }`, 'checkins', MIDDLE, false],
    ['cluster(id: "CLUSTER") { checkins(PAGE) { nodes { id } } }', 'cluster.checkins', '1', false],
    ['componentVersions(PAGE) { nodes { id } }', 'componentVersions', '20000', true],
  ];

  it.each(['first: 20, after', 'last: 20, before'])(
    'is paged by "%s" at the same cost wherever the page lies',
    async (page) => {
      const [{ id = '' } = {}] = await database.sql<{ id: string }>("SELECT md5('c1')::uuid AS id");
      for (const minute of [100, 10_000, 20_000, 39_900, null]) {
        const lists = LISTS.filter(([, , , hasUnknown]) => minute !== null || hasUnknown).map(
          ([list, tag, position], index) =>
            `l${index}: ${list.replace('PAGE', `${page}: "${cursor(tag, minute, position)}"`).replace('CLUSTER', id)}`,
        );
        // About 20 rows and a few blocks of an index each; a walk over the index to the place takes hundreds.
        expect(await blocksTouched(`{ ${lists.join(' ')} }`)).toBeLessThan(600);
      }
    },
  );
});
