import { createTestApp, type TestApp } from './support/app';
import { checkIn, component, publish, uuid } from './support/seed';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
  await checkIn(app, { clusterId: uuid(1), reportedAt: '2020-01-01T00:00:00Z' });
  await checkIn(app, { clusterId: uuid(2), reportedAt: '2020-01-02T00:00:00Z' });
  await publish(app, 'v1', '2020-01-01T00:00:00Z');
});
afterAll(() => app.stop());

const CHECK_IN = 'mutation ($input: CheckInInput!) { checkIn(input: $input) { duplicate } }';
const PUBLISH = 'mutation ($input: PublishVersionInput!) { publishVersion(input: $input) { created } }';
const REPORT = { clusterId: uuid(77), components: [component()] };
const RELEASE = { component: 'router', train: 'stable', version: 'v1', releasedAt: '2021-01-01T00:00:00Z' };

/** The sum of all that is stored: a refused request changes nothing of it. */
async function everything(): Promise<unknown> {
  return app.database.sql(`
    SELECT (SELECT json_agg(c ORDER BY cluster_id) FROM clusters c) AS clusters,
           (SELECT json_agg(k ORDER BY checkins_id) FROM clusters_checkins k) AS checkins,
           (SELECT json_agg(v ORDER BY version_id) FROM versions v) AS versions`);
}

/** The request is refused as BAD_USER_INPUT, says what is wrong with which argument, and writes nothing. */
async function expectRefusal(
  message: RegExp,
  query: string,
  variables?: Record<string, unknown>,
): Promise<void> {
  const before = await everything();
  const { status, errors } = await app.ask(query, variables);
  expect(errors?.[0]?.message).toMatch(message);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  expect([200, 400]).toContain(status);
  expect(await everything()).toEqual(before);
}

describe('a check-in is refused', () => {
  const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  it.each<[string, RegExp, Record<string, unknown>]>([
    ['with an id that is no UUID', /^input.clusterId: must be a UUID/, { clusterId: 'x' }],
    ['with a UUID in braces', /^input.clusterId: must be a UUID/, { clusterId: `{${uuid(1)}}` }],
    ['with a UUID without dashes', /^input.clusterId/, { clusterId: uuid(1).replaceAll('-', '') }],
    ['with an empty id', /^input.clusterId/, { clusterId: '' }],
    [
      'with a name of 65 characters',
      /^input.components\[0\].name: must be at most 64 characters/,
      { components: [component('x'.repeat(65))] },
    ],
    [
      'with a train of 25 characters',
      /^input.components\[0\].train: must be at most 24 characters/,
      { components: [component('x', 'v1', 'x'.repeat(25))] },
    ],
    [
      'with a version of 33 characters',
      /^input.components\[1\].version: must be at most 32 characters/,
      { components: [component(), component('x', '😀'.repeat(33))] },
    ],
    ['with an empty name', /^input.components\[0\].name: must not be empty/, { components: [component('')] }],
    [
      'with a name of white space',
      /^input.components\[0\].name: must not be empty/,
      { components: [component(' \t\u00a0')] },
    ],
    [
      'with an empty train',
      /^input.components\[0\].train: must not be empty/,
      { components: [component('x', 'v1', '')] },
    ],
    [
      'with an empty version',
      /^input.components\[0\].version: must not be empty/,
      { components: [component('x', ' ')] },
    ],
    [
      'with the same name and train twice',
      /^input.components\[1\]: lists a component and train for the second time/,
      { components: [component('x', 'v1'), component('x', 'v2')] },
    ],
    [
      'with the same name without train twice',
      /^input.components\[1\]/,
      {
        components: [
          { name: 'x', version: '1' },
          { name: 'x', version: '2', train: null },
        ],
      },
    ],
    [
      'with U+0000 in a name',
      /^input.components\[0\].name: must not hold the character U\+0000/,
      { components: [component('a\u0000')] },
    ],
    [
      'with U+0000 deep in data',
      /^input.data.a\[1\].b: must not hold the character U\+0000/,
      { data: { a: [1, { b: 'x\u0000' }] } },
    ],
    [
      'with U+0000 in a key',
      /^a key of input.data.a: must not hold the character U\+0000/,
      { data: { a: { '\u0000': 1 } } },
    ],
    [
      'with a lone surrogate in a version',
      /^input.components\[0\].version: must not hold half of a surrogate pair/,
      { components: [component('x', 'v\ud800')] },
    ],
    [
      'with a lone surrogate in a key',
      /^a key of input.components\[0\].data: must not hold half/,
      { components: [{ ...component(), data: { '\udfff': 1 } }] },
    ],
    ['with U+0000 in the id', /^input.clusterId/, { clusterId: `${uuid(1)}\u0000` }],
    ['with data nested too deep', /JSON: is nested deeper than 64 levels/, { data: deep(65) }],
    [
      'with data nested a thousand levels deep',
      /The request body: is nested deeper than/,
      { data: deep(1_000) },
    ],
    [
      'with 2016-02-30',
      /"input.reportedAt".*must be an RFC 3339 instant/,
      { reportedAt: '2016-02-30T00:00:00Z' },
    ],
    ['with 29 February of a common year', /"input.reportedAt"/, { reportedAt: '2015-02-29T00:00:00Z' }],
    ['with second 60', /"input.reportedAt"/, { reportedAt: '2016-12-31T23:59:60Z' }],
    ['with hour 24', /"input.reportedAt"/, { reportedAt: '2016-12-31T24:00:00Z' }],
    ['with an instant without an offset', /"input.reportedAt"/, { reportedAt: '2016-12-31T23:59:59' }],
    ['with an offset of 24 hours', /"input.reportedAt"/, { reportedAt: '2016-12-31T23:59:59+24:00' }],
    ['with a date', /"input.reportedAt"/, { reportedAt: '2016-12-31' }],
    ['with a number for an instant', /"input.reportedAt"/, { reportedAt: 1_480_000_000 }],
    ['with ten fraction digits', /"input.reportedAt"/, { reportedAt: '2016-12-31T23:59:59.1234567890Z' }],
    [
      'with the year 0000',
      /"input.components\[0\].releasedAt"/,
      { components: [{ ...component(), releasedAt: '0000-12-31T23:59:59Z' }] },
    ],
    [
      'with an instant before the year 0001 in UTC',
      /"input.components\[0\].releasedAt"/,
      { components: [{ ...component(), releasedAt: '0001-01-01T00:00:00+00:01' }] },
    ],
    [
      'with an instant after the year 9999 in UTC',
      /"input.components\[0\].releasedAt"/,
      { components: [{ ...component(), releasedAt: '9999-12-31T23:59:59-00:01' }] },
    ],
    ['with a year of five digits', /"input.reportedAt"/, { reportedAt: '10000-01-01T00:00:00Z' }],
    ['with an unknown field', /Field "extra" is not defined/, { extra: 1 }],
    ['without components', /Field "components" of required type/, { components: undefined }],
    ['with null for a component', /"input.components\[0\]"/, { components: [null] }],
  ])('%s', (_, message, change) => expectRefusal(message, CHECK_IN, { input: { ...REPORT, ...change } }));

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1e400',
    '1e-400',
    '0.1000000000000000055511151231257827',
    '123456789012345678901234567890',
    '1.00000000000000000001e3',
  ])('with the number %s, which a double cannot hold', async (number) => {
    const before = await everything();
    const answer = await app.post(
      `{"query":"${CHECK_IN}","variables":{"input":{"clusterId":"${uuid(77)}","components":[],"data":{"list":[0, ${number}]}}}}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.errors).toEqual([
      {
        message: expect.stringMatching(
          /^input.data.list\[1\]: the number .* does not fit a double; send it as a string/,
        ),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(await everything()).toEqual(before);
    await expectRefusal(
      /does not fit a double/,
      `mutation { checkIn(input: { clusterId: "${uuid(77)}", components: [], data: { a: ${number} } }) { duplicate } }`,
    );
  });

  it('with a text in the operation itself that cannot be stored', async () => {
    const input = (name: string): string =>
      `{ clusterId: "${uuid(77)}", components: [{ name: "${name}", version: "v1" }] }`;
    await expectRefusal(
      /^input.components.name: must not hold the character U\+0000/,
      `mutation { checkIn(input: ${input('a\\u0000')}) { duplicate } }`,
    );
    await expectRefusal(
      /U\+0000|surrogate|Unicode/i,
      `mutation { checkIn(input: ${input('a\\ud800')}) { duplicate } }`,
    );
    await expectRefusal(
      /nested deeper than 64 levels/,
      `mutation { checkIn(input: { clusterId: "${uuid(77)}", components: [], data: ${'['.repeat(65)}${']'.repeat(65)} }) { duplicate } }`,
    );
  });

  it('with a bad literal, naming its argument', async () => {
    const report = (reportedAt: string): string =>
      `mutation { checkIn(input: { clusterId: "${uuid(77)}", components: [], reportedAt: ${reportedAt} }) { duplicate } }`;
    await expectRefusal(/^reportedAt: .*must be an RFC 3339 instant/, report('"2016-02-30T00:00:00Z"'));
    await expectRefusal(/^reportedAt: /, report('7'));
    await expectRefusal(/^first: Int cannot represent/, '{ clusters(first: "x") { nodes { id } } }');
  });

  it('after one in the same request that is recorded, and says which one it was', async () => {
    const { data, errors } = await app.ask(
      `mutation ($a: CheckInInput!, $b: CheckInInput!) { a: checkIn(input: $a) { duplicate } b: checkIn(input: $b) { duplicate } }`,
      {
        a: { clusterId: uuid(1), components: [], reportedAt: '2020-01-01T00:00:00Z' },
        b: { ...REPORT, clusterId: 'x' },
      },
    );
    // Both are non-null fields of the same answer: GraphQL drops the whole, the first is recorded all the same.
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('publishing is refused', () => {
  it.each<[string, RegExp, Record<string, unknown>]>([
    [
      'with a component of 65 characters',
      /^input.component: must be at most 64 characters/,
      { component: 'x'.repeat(65) },
    ],
    [
      'with a train of 25 characters',
      /^input.train: must be at most 24 characters/,
      { train: 'x'.repeat(25) },
    ],
    [
      'with a version of 33 characters',
      /^input.version: must be at most 32 characters/,
      { version: 'x'.repeat(33) },
    ],
    ['with a blank component', /^input.component: must not be empty/, { component: ' ' }],
    ['with a blank train', /^input.train: must not be empty/, { train: '' }],
    ['with a blank version', /^input.version: must not be empty/, { version: '\n' }],
    [
      'with U+0000 in the version',
      /^input.version: must not hold the character U\+0000/,
      { version: 'v\u0000' },
    ],
    ['with an impossible date', /"input.releasedAt"/, { releasedAt: '2016-02-30T00:00:00Z' }],
    ['without a release time', /"releasedAt" of required type/, { releasedAt: undefined }],
    ['with U+0000 in data', /^input.data\[0\]: must not hold/, { data: ['\u0000'] }],
  ])('%s', (_, message, change) => expectRefusal(message, PUBLISH, { input: { ...RELEASE, ...change } }));
});

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
