import { createTestApp, type TestApp } from './support/app';
import { expectRefusal as expectRefusalBy } from './support/refusal';
import { checkIn, publish, uuid } from './support/seed';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
  await checkIn(app, { clusterId: uuid(1), reportedAt: '2020-01-01T00:00:00Z' });
  await checkIn(app, { clusterId: uuid(2), reportedAt: '2020-01-02T00:00:00Z' });
  await publish(app, 'v1', '2020-01-01T00:00:00Z');
});
afterAll(() => app.stop());

const expectRefusal = (
  message: RegExp,
  ...operation: [query: string, variables?: Record<string, unknown>]
): Promise<void> => expectRefusalBy(app, message, operation);

describe('a query is refused', () => {
  const of = (length: number): unknown[] => Array.from({ length }, () => ({ component: 'x', train: 'y' }));
  it.each<[string, RegExp, string, Record<string, unknown>?]>([
    ['with an id that is no UUID', /^id: must be a UUID/, '{ cluster(id: "7") { id } }'],
    [
      'with `first` and `last` together',
      /^first: give either `first` or `last`/,
      '{ clusters(first: 1, last: 1) { nodes { id } } }',
    ],
    [
      'with a negative `first`',
      /^first: must be from 1 to 500, not -1/,
      '{ clusters(first: -1) { nodes { id } } }',
    ],
    ['with `first` zero', /^first: must be from 1 to 500, not 0/, '{ checkins(first: 0) { nodes { id } } }'],
    [
      'with `last` zero',
      /^last: must be from 1 to 500, not 0/,
      '{ componentVersions(last: 0) { nodes { id } } }',
    ],
    [
      'with a page of 501',
      /^first: must be from 1 to 500, not 501/,
      '{ clusters(first: 501) { nodes { id } } }',
    ],
    [
      'with a nested page of 501',
      /^last: must be from 1 to 500, not 501/,
      '{ clusters(first: 1) { nodes { checkins(last: 501) { nodes { id } } } } }',
    ],
    [
      'with a fraction for `first`',
      /Int cannot represent non-integer value/,
      '{ clusters(first: 1.5) { nodes { id } } }',
    ],
    [
      'with more than 500 ids',
      /^filter.ids: holds 501 members; at most 500/,
      'query ($ids: [ID!]) { clusters(filter: { ids: $ids }) { nodes { id } } }',
      { ids: Array.from({ length: 501 }, (_, n) => uuid(n)) },
    ],
    [
      'with more than 500 clusters of check-ins',
      /^filter.clusterIds: holds 501 members/,
      'query ($ids: [ID!]) { checkins(filter: { clusterIds: $ids }) { nodes { id } } }',
      { ids: Array.from({ length: 501 }, (_, n) => uuid(n)) },
    ],
    [
      'with more than 500 pairs',
      /^of: holds 501 members/,
      'query ($of: [ComponentTrainInput!]!) { latestVersions(of: $of) { id } }',
      { of: of(501) },
    ],
    [
      'with a bad id among others',
      /^filter.ids\[1\]: must be a UUID/,
      `{ clusters(filter: { ids: ["${uuid(1)}", "x"] }) { nodes { id } } }`,
    ],
    [
      'with an empty range',
      /^filter.lastSeen.to: must be later than `from`/,
      '{ clusters(filter: { lastSeen: { from: "2020-01-01T00:00:00Z", to: "2020-01-01T00:00:00Z" } }) { nodes { id } } }',
    ],
    [
      'with a range that ends before it starts',
      /^filter.createdAt.to: must be later/,
      '{ checkins(filter: { createdAt: { from: "2020-01-02T00:00:00Z", to: "2020-01-01T00:00:00Z" } }) { nodes { id } } }',
    ],
    [
      'with a range that is empty after truncation',
      /^filter.firstSeen.to/,
      '{ clusters(filter: { firstSeen: { from: "2020-01-01T00:00:00.0000001Z", to: "2020-01-01T00:00:00.0000009Z" } }) { nodes { id } } }',
    ],
    [
      'with a range before all time',
      /^filter.releasedAt.to/,
      '{ componentVersions(filter: { releasedAt: { to: "0001-01-01T00:00:00Z" } }) { nodes { id } } }',
    ],
    [
      'with an impossible history range',
      /^range.to/,
      `{ cluster(id: "${uuid(1)}") { checkins(range: { from: "2020-01-02T00:00:00Z", to: "2020-01-01T00:00:00Z" }) { nodes { id } } } }`,
    ],
    [
      'with a blank component to look for',
      /^filter.runs.component: must not be empty/,
      '{ clusters(filter: { runs: { component: "" } }) { nodes { id } } }',
    ],
    [
      'with too long a component to look for',
      /^filter.component: must be at most 64/,
      `{ componentVersions(filter: { component: "${'x'.repeat(65)}" }) { nodes { id } } }`,
    ],
    [
      'with a blank pair',
      /^of\[1\].train: must not be empty/,
      '{ latestVersions(of: [{ component: "a", train: "b" }, { component: "a", train: "" }]) { id } }',
    ],
    [
      'with too long a version',
      /^version: must be at most 32/,
      `{ componentVersion(component: "a", train: "b", version: "${'x'.repeat(33)}") { id } }`,
    ],
    [
      'with U+0000 in a variable',
      /^c: must not hold the character U\+0000/,
      'query ($c: String!) { componentVersion(component: $c, train: "b", version: "v") { id } }',
      { c: '\u0000' },
    ],
    ['with a field that does not exist', /Cannot query field "nope"/, '{ clusters { nope } }'],
    ['that is no GraphQL', /Syntax Error/, '{ clusters { '],
    [
      'nested a thousand levels deep',
      /^The operation is nested too deep/,
      `{ clusters ${'{ nodes '.repeat(5_000)}`,
    ],
    ['of too many tokens', /more that 5000 tokens|tokens/, `{ ${'__typename '.repeat(5_001)} }`],
    ['that is empty', /./, ''],
    [
      'of an operation that is not in the document',
      /Unknown operation|operation/i,
      'query A { __typename } query B { __typename }',
    ],
  ])('%s', (_, message, query, ...variables) => expectRefusal(message, query, ...variables));
});

describe('a cursor is refused', () => {
  const cursorOf = async (field: string): Promise<string> => {
    const data = await app.query(`{ ${field} { edges { cursor } } }`);
    return Object.values<{ edges: { cursor: string }[] }>(data)[0]?.edges[0]?.cursor ?? '';
  };
  const encode = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const LAST_SEEN = 'clusters:LAST_SEEN_DESC';
  const AT = '2020-01-01T00:00:00.000000Z';

  it('where another order or field made it', async () => {
    const cursor = await cursorOf('clusters(orderBy: LAST_SEEN_DESC)');
    await expectRefusal(
      /^after: is a cursor of another list or order \(clusters:LAST_SEEN_DESC\)/,
      `{ clusters(orderBy: ID, after: "${cursor}") { nodes { id } } }`,
    );
    await expectRefusal(
      /^before: is a cursor of another list or order/,
      `{ checkins(before: "${cursor}") { nodes { id } } }`,
    );
    await expectRefusal(
      /^after: is a cursor of another list or order/,
      `{ cluster(id: "${uuid(1)}") { checkins(after: "${await cursorOf('checkins')}") { nodes { id } } } }`,
    );
    await expectRefusal(
      /^after: is a cursor of another list or order/,
      `{ componentVersions(after: "${cursor}") { nodes { id } } }`,
    );
  });

  it.each<[string, string]>([
    ['that is empty', ''],
    ['that is no base64', '!!!'],
    ['that is no JSON', Buffer.from('x').toString('base64url')],
    ['of another shape', encode({ a: 1 })],
    ['with too many parts', encode(LAST_SEEN, AT, uuid(1), 1)],
    ['with a number for an id', encode(LAST_SEEN, AT, 1)],
    ['with an id that is no UUID', encode(LAST_SEEN, AT, "' OR 1=1")],
    ['with an instant in another form', encode(LAST_SEEN, '2020-01-01T00:00:00Z', uuid(1))],
    ['with an impossible instant', encode(LAST_SEEN, '2020-02-30T00:00:00.000000Z', uuid(1))],
    ['with padding', `${encode(LAST_SEEN, AT, uuid(1))}=`],
    ['with white space', ` ${encode(LAST_SEEN, AT, uuid(1))}`],
    [
      'written as JSON in another way',
      Buffer.from(`["${LAST_SEEN}", "${AT}", "${uuid(1)}"]`).toString('base64url'),
    ],
    ['that is cut off', encode(LAST_SEEN, AT, uuid(1)).slice(0, -3)],
    ['with U+0000', '\\u0000'],
  ])('%s', (_, cursor) => expectRefusal(/^after: /, `{ clusters(after: "${cursor}") { nodes { id } } }`));

  it('with an id that no database holds, or without an instant where there is always one', async () => {
    await expectRefusal(
      /^after: is no cursor/,
      `{ componentVersions(after: "${encode('componentVersions', AT, '9223372036854775808')}") { nodes { id } } }`,
    );
    await expectRefusal(
      /^after: is no cursor/,
      `{ checkins(after: "${encode('checkins', null, uuid(1))}") { nodes { id } } }`,
    );
    await expectRefusal(
      /^after: is no cursor/,
      `{ clusters(orderBy: ID, after: "${encode('clusters:ID', AT, uuid(1))}") { nodes { id } } }`,
    );
  });
});
