import { randomUUID } from 'node:crypto';
import { createTestApp, type TestApp } from './support/app';
import { checkIn, component, uuid } from './support/seed';

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

/** RFC 3339 in UTC with six digits, some milliseconds from now. */
const fromNow = (milliseconds: number): string =>
  new Date(Date.now() + milliseconds).toISOString().replace('Z', '000Z');

describe('instants', () => {
  it('given by the server never collide and never lie before lastSeen', async () => {
    const clusterId = randomUUID();
    const ahead = fromNow(4 * 60_000);
    await checkIn(app, { clusterId, reportedAt: ahead });
    const next = await checkIn(app, { clusterId });
    const nextAgain = await checkIn(app, { clusterId });
    expect(next.checkin.createdAt).toBe(ahead.replace('000Z', '001Z'));
    expect(nextAgain.checkin.createdAt).toBe(ahead.replace('000Z', '002Z'));
    expect(nextAgain.cluster.lastSeen).toBe(nextAgain.checkin.createdAt);
  });

  it('older than what is known add history and move only firstSeen back', async () => {
    const clusterId = randomUUID();
    await checkIn(app, {
      clusterId,
      reportedAt: '2020-01-02T00:00:00Z',
      components: [component('router', 'v2')],
    });
    const late = await checkIn(app, {
      clusterId,
      reportedAt: '2020-01-01T00:00:00Z',
      components: [component('router', 'v1')],
    });
    expect(late.duplicate).toBe(false);
    expect(late.cluster).toMatchObject({
      firstSeen: '2020-01-01T00:00:00.000000Z',
      lastSeen: '2020-01-02T00:00:00.000000Z',
      data: { components: [{ component: { name: 'router' }, version: { version: 'v2' } }] },
    });
    const between = await checkIn(app, { clusterId, reportedAt: '2020-01-01T12:00:00Z' });
    expect(between.cluster.firstSeen).toBe('2020-01-01T00:00:00.000000Z');
    expect(await rows(clusterId)).toHaveLength(3);
  });

  it('reported twice are one check-in, and the first record stays as it is', async () => {
    const clusterId = randomUUID();
    const reportedAt = '2020-05-05T05:05:05.123456789+05:30';
    const first = await checkIn(app, { clusterId, reportedAt, components: [component('router', 'v1')] });
    const again = await checkIn(app, {
      clusterId,
      reportedAt: '2020-05-04T23:35:05.123456Z',
      components: [],
    });
    expect(first.checkin.createdAt).toBe('2020-05-04T23:35:05.123456Z');
    expect(again).toMatchObject({ duplicate: true, checkin: first.checkin, cluster: first.cluster });
    expect(await rows(clusterId)).toHaveLength(1);
  });

  it('reported by many connections at once are one check-in', async () => {
    const clusterId = randomUUID();
    const payloads = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        checkIn(app, { clusterId, reportedAt: '2020-06-06T00:00:00Z', data: { n } }),
      ),
    );
    expect(payloads.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(payloads.map(({ checkin }) => JSON.stringify(checkin))).size).toBe(1);
    const { cluster } = await app.query('query ($id: ID!) { cluster(id: $id) { data } }', { id: clusterId });
    expect(cluster.data).toEqual(payloads[0].checkin.data);
  });

  it('in any order, all at once, end in the same cluster', async () => {
    const clusterId = randomUUID();
    const hours = Array.from({ length: 24 }, (_, hour) => hour).sort(() => Math.random() - 0.5);
    await Promise.all(
      hours.map((hour) =>
        checkIn(app, {
          clusterId,
          reportedAt: `2021-01-01T${String(hour).padStart(2, '0')}:00:00Z`,
          data: { hour },
        }),
      ),
    );
    const { cluster } = await app.query(
      'query ($id: ID!) { cluster(id: $id) { firstSeen lastSeen data checkinCount } }',
      {
        id: clusterId,
      },
    );
    expect(cluster).toMatchObject({
      firstSeen: '2021-01-01T00:00:00.000000Z',
      lastSeen: '2021-01-01T23:00:00.000000Z',
      data: { data: { hour: 23 } },
      checkinCount: 24,
    });
  });

  it('up to 5 minutes ahead are taken, beyond they are refused and nothing is written', async () => {
    const clusterId = uuid(1);
    await checkIn(app, { clusterId, reportedAt: fromNow(4.5 * 60_000) });
    const { message, extensions } = await app.refusal(
      'mutation ($input: CheckInInput!) { checkIn(input: $input) { duplicate } }',
      { input: { clusterId: uuid(2), components: [], reportedAt: fromNow(6 * 60_000) } },
    );
    expect(message).toMatch(/^input.reportedAt: must not lie more than 5 minutes in the future/);
    expect(extensions.code).toBe('BAD_USER_INPUT');
    expect(await app.query(`{ cluster(id: "${uuid(2)}") { id } }`)).toEqual({ cluster: null });
  });

  it('from before the year 2000 are refused', async () => {
    const { message } = await app.refusal(
      'mutation ($input: CheckInInput!) { checkIn(input: $input) { duplicate } }',
      { input: { clusterId: uuid(2), components: [], reportedAt: '1999-12-31T23:59:59.999999Z' } },
    );
    expect(message).toMatch(/^input.reportedAt: must not lie before the year 2000/);
    const { checkin } = await checkIn(app, { clusterId: uuid(3), reportedAt: '2000-01-01T00:00:00Z' });
    expect(checkin.createdAt).toBe('2000-01-01T00:00:00.000000Z');
  });

  it('after a cluster taken over without instants start its history', async () => {
    const clusterId = uuid(4);
    await app.database.sql('INSERT INTO clusters VALUES ($1, NULL, $2, $3)', [clusterId, 'infinity', '{}']);
    const { cluster } = await app.query(`{ cluster(id: "${clusterId}") { firstSeen lastSeen } }`);
    expect(cluster).toEqual({ firstSeen: null, lastSeen: null });
    const after = await checkIn(app, { clusterId });
    expect(after.cluster).toMatchObject({
      firstSeen: after.checkin.createdAt,
      lastSeen: after.checkin.createdAt,
    });
    expect(after.cluster.data).toEqual(after.checkin.data);
  });
});
