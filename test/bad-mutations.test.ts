import { createTestApp, type TestApp } from './support/app';
import { everything, expectRefusal as expectRefusalBy } from './support/refusal';
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

const expectRefusal = (
  message: RegExp,
  ...operation: [query: string, variables?: Record<string, unknown>]
): Promise<void> => expectRefusalBy(app, message, operation);

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
    const before = await everything(app);
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
    expect(await everything(app)).toEqual(before);
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
