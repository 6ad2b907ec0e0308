import { Writable } from 'node:stream';
import { createApp } from '../../src/app';
import { createLogger } from '../../src/shared/logger';
import { createTestDatabase, type TestDatabase } from './database';

export interface GraphQLError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; id?: string };
}

export interface Answer<Data> {
  status: number;
  headers: Headers;
  // Tests reach into answers freely; what is not there fails the test.
  data: Data;
  errors?: GraphQLError[];
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what each test asserts.
type Loose = any;

export interface TestApp {
  readonly url: string;
  readonly origin: string;
  readonly database: TestDatabase;
  /** The log's lines so far. */
  readonly log: Record<string, unknown>[];
  /** Sends an operation; the answer with its errors. */
  ask<Data = Loose>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** Sends an operation that must succeed; its data. */
  query<Data = Loose>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Sends an operation that must fail with one error; that error. */
  refusal(query: string, variables?: Record<string, unknown>): Promise<GraphQLError>;
  /** Sends any body. */
  post(body: string | Uint8Array, headers?: Record<string, string>): Promise<Answer<Loose>>;
  /** How many SQL statements the work costs. */
  countStatements(work: () => Promise<unknown>): Promise<number>;
  stop(): Promise<void>;
}

/** The product on a database of its own, spoken to over HTTP. */
export async function createTestApp(database?: TestDatabase): Promise<TestApp> {
  const used = database ?? (await createTestDatabase());
  const log: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().trim().split('\n')) log.push(JSON.parse(line));
      done();
    },
  });
  const app = createApp(
    { host: '127.0.0.1', port: 0, logLevel: 'trace', databaseUrl: used.url, dataDir: '' },
    { logger: createLogger('trace', destination) },
  );
  const url = await app.start();
  const client = createClient(url);
  return {
    url,
    origin: new URL(url).origin,
    database: used,
    log,
    ...client,
    async countStatements(work) {
      const before = log.length;
      await work();
      return log.slice(before).filter(({ msg }) => msg === 'statement').length;
    },
    async stop() {
      await app.stop();
      if (!database) await used.drop();
    },
  };
}

function createClient(url: string) {
  async function post(
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer<Loose>> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body as string,
    });
    const json = (await response.json()) as { data?: Loose; errors?: GraphQLError[] };
    return { status: response.status, headers: response.headers, data: json.data, errors: json.errors };
  }
  const ask = (query: string, variables?: Record<string, unknown>): Promise<Answer<Loose>> =>
    post(JSON.stringify({ query, variables }));
  return {
    post,
    ask,
    async query(query: string, variables?: Record<string, unknown>): Promise<Loose> {
      const answer = await ask(query, variables);
      if (answer.errors) throw new Error(`the operation failed: ${JSON.stringify(answer.errors)}`);
      return answer.data;
    },
    async refusal(query: string, variables?: Record<string, unknown>): Promise<GraphQLError> {
      const { errors } = await ask(query, variables);
      if (errors?.length !== 1) throw new Error(`expected one error, got ${JSON.stringify(errors)}`);
      return errors[0] as GraphQLError;
    },
  };
}
