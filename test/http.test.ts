import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createTestApp, type TestApp } from './support/app';
import { runSql } from './support/database';
import { checkIn, uuid } from './support/seed';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.origin}${path}`, { headers, redirect: 'manual' });

/** The log line of one request, by its id. */
async function logLine(requestId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const line = app.log.find((entry) => entry.msg === 'request' && entry.requestId === requestId);
    if (line) return line;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('probes', () => {
  it('say that the process lives and that the schema is ready', async () => {
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);
  });

  it('say while the database is away that the process lives but is not ready, and that it is when it is back', async () => {
    const { name } = app.database;
    await runSql(undefined, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runSql(undefined, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      name,
    ]);
    const [health, ready] = [await get('/healthz'), await get('/readyz')];
    const { status, errors } = await app.ask('{ clusters { nodes { id } } }');
    await runSql(undefined, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect([health.status, ready.status]).toEqual([200, 503]);
    expect(await ready.json()).toEqual({ status: 'unavailable', reason: 'the database does not answer' });
    expect(status).toBe(200);
    expect(errors).toMatchObject([
      { extensions: { code: 'UNAVAILABLE' }, message: expect.stringMatching(/try again/) },
    ]);
    expect((await get('/readyz')).status).toBe(200);
    expect(await app.query('{ clusters { nodes { id } } }')).toEqual({ clusters: { nodes: [] } });
  });
});

it('a database that takes no writes at the moment, as after a failover, is UNAVAILABLE to a report', async () => {
  const { name } = app.database;
  await runSql(undefined, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await runSql(undefined, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ]);
  const { errors } = await app.ask(
    `mutation { checkIn(input: { clusterId: "${uuid(70)}", components: [] }) { duplicate } }`,
  );
  await runSql(undefined, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
  await runSql(undefined, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ]);
  expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
});

describe('the log', () => {
  it('has one line a request with its duration, operation and id', async () => {
    const { headers } = await app.post(JSON.stringify({ query: 'query Fleet { clusters { totalCount } }' }));
    const line = await logLine(headers.get('x-request-id') ?? '');
    expect(line).toMatchObject({
      method: 'POST',
      path: '/graphql',
      status: 200,
      operation: 'Fleet',
      durationMs: expect.any(Number),
    });
    expect(app.log.filter(({ requestId }) => requestId === line.requestId)).toHaveLength(1);
  });

  it('says how long a request took, and knows also those whose address makes no sense', async () => {
    const slow = `mutation { ${Array.from({ length: 30 }, (_, n) => `m${n}: checkIn(input: { clusterId: "${uuid(80)}", components: [] }) { duplicate }`).join(' ')} }`;
    const before = performance.now();
    const { headers } = await app.post(JSON.stringify({ query: slow }));
    const { durationMs } = await logLine(headers.get('x-request-id') ?? '');
    expect(durationMs).toBeGreaterThan(5);
    expect(durationMs).toBeLessThan(performance.now() - before);
    const senseless = await get('/%');
    expect(await logLine(senseless.headers.get('x-request-id') ?? '')).toMatchObject({
      path: '/%',
      status: 400,
    });
  });

  it('keeps a request id that the client gives, and makes one where it is no id', async () => {
    const given = await app.post(JSON.stringify({ query: '{ __typename }' }), {
      'x-request-id': 'trace-1.2:3',
    });
    expect(given.headers.get('x-request-id')).toBe('trace-1.2:3');
    expect(await logLine('trace-1.2:3')).toMatchObject({ operation: 'anonymous query' });
    const forged = await app.post(JSON.stringify({ query: '{ __typename }' }), { 'x-request-id': 'a b"}' });
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('holds neither the database password nor what clusters report', async () => {
    await checkIn(app, { clusterId: uuid(9), data: { note: 'only-in-the-report' } });
    const [, password = ''] = /:([^:@]*)@/.exec(app.database.url) ?? [];
    expect(password).not.toBe('');
    expect(JSON.stringify(app.log)).not.toContain(decodeURIComponent(password));
    expect(JSON.stringify(app.log)).not.toContain('only-in-the-report');
  });
});

describe('a request that GraphQL never sees is answered in its form', () => {
  const query = (padding: number): string =>
    JSON.stringify({ query: '{ __typename }', extensions: { pad: 'x'.repeat(padding) } });

  it('over 1 MiB: PAYLOAD_TOO_LARGE', async () => {
    const overhead = query(0).length;
    expect((await app.post(query(1_048_576 - overhead))).status).toBe(200);
    const { status, errors } = await app.post(query(1_048_577 - overhead));
    expect(status).toBe(413);
    expect(errors).toEqual([
      { message: expect.stringMatching(/larger than 1 MiB/), extensions: { code: 'PAYLOAD_TOO_LARGE' } },
    ]);
  });

  it.each<[string, string | Uint8Array, Record<string, string>, number, RegExp]>([
    ['malformed JSON', '{"query": ', {}, 400, /^The request body: must be JSON/],
    ['no JSON', 'query { x }', {}, 400, /^The request body: must be JSON/],
    ['an empty body', '', {}, 400, /body/i],
    ['a list of operations', '[{"query":"{ __typename }"}]', {}, 400, /./],
    ['a number', '5', {}, 400, /./],
    ['no query', '{}', {}, 400, /no keys/],
    ['a query that is no text', '{"query":{"a":1}}', {}, 400, /queries must be strings/],
    ['variables that are no object', '{"query":"{ __typename }","variables":"x"}', {}, 400, /variables/],
    [
      'text that is not UTF-8',
      Buffer.from([...Buffer.from('{"query":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
      {},
      400,
      /encoded in UTF-8/,
    ],
    ['a compressed body', 'x', { 'content-encoding': 'gzip' }, 400, /^Content-Encoding: is not understood/],
    [
      'another type',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /^Content-Type: must be application\/json/,
    ],
  ])('%s', async (_, body, headers, expected, message) => {
    const { status, errors } = await app.post(body, headers);
    expect(status).toBe(expected);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('JSON that nests deep below a key that comes twice', async () => {
    const { status, errors } = await app.post(
      `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)},"x":1e5,"query":"{ __typename }"}`,
    );
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ message: expect.stringMatching(/nested deeper than/) }]);
  });

  it('an unknown path: NOT_FOUND', async () => {
    const answer = await get('/nowhere?secret=1');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: 'There is nothing at GET /nowhere; the API is at /graphql.',
          extensions: { code: 'NOT_FOUND' },
        },
      ],
    });
  });

  it.each([
    'GET /graphql?query={__typename} HTTP/1.1\r\nHost: a b\r\n',
    'GET /graphql HTTP/1.1\r\n',
    'PUT /graphql HTTP/1.1\r\nHost: x\r\n',
    'nonsense\r\n',
    'GET /% HTTP/1.1\r\nHost: x\r\n',
    'GET /playground/assets/%c0%ae HTTP/1.1\r\nHost: x\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n`,
  ])('a line that no browser sends (%j) is no internal error', async (head) => {
    const { port } = new URL(app.origin);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`${head}Connection: close\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
  });
});

it('a connection that sent nonsense is closed, also if its client keeps it open', async () => {
  const socket = connect({ port: Number(new URL(app.origin).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.resume();
  socket.write('x\r\n\r\n');
  await once(socket, 'end');
  // A write to what the other side has closed is reset.
  const reset = once(socket, 'error');
  const writing = setInterval(() => socket.write('x'), 5);
  expect((await reset)[0]).toMatchObject({ code: expect.stringMatching(/EPIPE|ECONNRESET/) });
  clearInterval(writing);
  socket.destroy();
});

describe('GET /graphql', () => {
  it('answers a query to a client, and not the page', async () => {
    const answer = await get(`/graphql?query=${encodeURIComponent('{ __typename }')}`, {
      accept: '*/*',
      'apollo-require-preflight': 'true',
    });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
    expect(answer.headers.get('vary')).toMatch(/accept/i);
  });

  it('refuses variables that a double would change', async () => {
    const variables = encodeURIComponent('{"first":1.0000000000000000001}');
    const answer = await get(
      `/graphql?query=${encodeURIComponent('query ($first: Int) { clusters(first: $first) { totalCount } }')}&variables=${variables}`,
      { 'apollo-require-preflight': 'true' },
    );
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ message: expect.stringMatching(/^variables.first: the number/) }],
    });
  });

  it.each(['text/plain', 'image/*', 'multipart/mixed', 'x', 'application/json;q=0'])(
    'and POST answer JSON also to a client that accepts only %s: what was written must not look refused',
    async (accept) => {
      const { status, data } = await app.post(
        JSON.stringify({
          query: `mutation { checkIn(input: { clusterId: "${uuid(60)}", components: [] }) { duplicate } }`,
        }),
        { accept },
      );
      expect([status, data]).toEqual([200, { checkIn: { duplicate: false } }]);
    },
  );

  it('writes nothing', async () => {
    const mutation = `mutation { checkIn(input: { clusterId: "${uuid(50)}", components: [] }) { duplicate } }`;
    const answer = await get(`/graphql?query=${encodeURIComponent(mutation)}`, {
      'apollo-require-preflight': 'true',
    });
    expect(answer.status).toBe(405);
    expect(await app.query(`{ cluster(id: "${uuid(50)}") { id } }`)).toEqual({ cluster: null });
  });

  it('gives a browser the playground, whose files come from this server alone', async () => {
    const page = await get('/graphql', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/https?:\/\//);
    expect((await get('/')).headers.get('location')).toBe('/graphql');
  });
});

describe('an error that nobody foresaw', () => {
  it('is masked, with an id that the log has too', async () => {
    await app.database.sql('ALTER TABLE versions RENAME COLUMN train TO secret_train');
    const { errors } = await app.ask('{ componentVersions { nodes { id } } }');
    await app.database.sql('ALTER TABLE versions RENAME COLUMN secret_train TO train');
    const [error] = errors ?? [];
    expect(error).toMatchObject({
      path: ['componentVersions'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(error?.message).toBe(`Internal error. Quote this id: ${error?.extensions.id}`);
    expect(JSON.stringify(errors)).not.toMatch(/train|SELECT|stack/);
    const logged = app.log.find(({ errorId }) => errorId === error?.extensions.id);
    expect(logged).toMatchObject({
      msg: 'internal error',
      err: { message: expect.stringContaining('train') },
    });
  });

  it('and every other code is described in docs/errors.md', () => {
    const source = readFileSync(`${__dirname}/../src/shared/errors.ts`, 'utf8');
    const docs = readFileSync(`${__dirname}/../docs/errors.md`, 'utf8');
    const codes = [...source.slice(0, source.indexOf(';')).matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);
    expect(codes).toHaveLength(6);
    for (const code of codes) expect(docs).toMatch(new RegExp(`^\\| \`${code}\` \\|`, 'm'));
  });
});
