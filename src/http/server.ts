import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Context } from '../graphql/server';
import type { Logger } from '../shared/logger';
import { checkUrlVariables, registerBodyParser } from './body';
import { answerError, malformedRequestHandler, registerErrorHandlers } from './errors';
import { registerClosing } from './lifecycle';
import { logRequest, registerLog } from './log';
import { registerPlayground, wantsPlayground } from './playground';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where the request reached GraphQL. */
    graphqlContext: Context | null;
    /** Whether the client was gone by the time there was an answer. */
    isAbandoned: boolean;
  }
}

export interface HttpOptions {
  readonly apollo: ApolloServer<Context>;
  readonly createContext: () => Context;
  /** Rejects while the database does not answer. */
  readonly checkReady: () => Promise<void>;
  readonly playgroundDirectory: string;
  readonly logger: Logger;
}

const MAX_BODY_BYTES = 1_048_576;
/** For a request to arrive as a whole. */
const REQUEST_WITHIN_MS = 60_000;
const READY_WITHIN_MS = 2_000;
const JSON_TYPES = ['application/json', 'application/graphql-response+json'];
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP server with all its routes, not listening yet. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: requestId,
    requestTimeout: REQUEST_WITHIN_MS,
    clientErrorHandler: malformedRequestHandler(options.logger),
    frameworkErrors: (error, request, reply) => {
      logRequest(request, reply, options.logger);
      answerError(error, reply, options.logger);
    },
    return503OnClosing: false,
  });
  registerLog(server, options.logger);
  registerClosing(server);
  registerBodyParser(server);
  registerErrorHandlers(server, options.logger);
  registerProbes(server, options.checkReady);
  await registerGraphql(server, options);
  return server;
}

async function registerGraphql(server: FastifyInstance, options: HttpOptions): Promise<void> {
  const playground = await registerPlayground(server, { directory: options.playgroundDirectory });
  server.decorateRequest('graphqlContext', null);
  const answer = fastifyApolloHandler(options.apollo, {
    context: async (request) => {
      request.graphqlContext = options.createContext();
      return request.graphqlContext;
    },
  });
  server.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: (request, reply) => {
      if (wantsPlayground(request)) return playground.send(reply);
      checkUrlVariables(request);
      forgiveHeaders(request);
      // One address, two kinds of answer: no cache may mix them up.
      reply.header('vary', 'Accept');
      return answer.call(server, request, reply);
    },
  });
  server.get('/', (_request, reply) => reply.redirect('/graphql'));
}

/** What Apollo Server would refuse, but after it has run the operation, or could not make a URL of. */
function forgiveHeaders({ raw }: FastifyRequest): void {
  // Whoever accepts no JSON gets it all the same: the specification allows it, and a write must not look refused.
  if (new Negotiator(raw).mediaTypes(JSON_TYPES).length === 0) delete raw.headers.accept;
  // HTTP/1.0 need not name the host.
  raw.headers.host ??= 'localhost';
}

/** A client's own request id is kept, so that its logs and ours meet. */
function requestId(request: { headers: FastifyRequest['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function registerProbes(server: FastifyInstance, checkReady: () => Promise<void>): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const late = new AbortController();
    try {
      // A database that is there and does not answer is as little use as one that is away.
      const deadline = sleep(READY_WITHIN_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error('the database did not answer in time');
      });
      await Promise.race([checkReady(), deadline]);
      return { status: 'ready' };
    } catch {
      return reply.code(503).send({ status: 'unavailable', reason: 'the database does not answer' });
    } finally {
      late.abort();
    }
  });
}
