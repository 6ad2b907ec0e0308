import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Context } from '../graphql/server';
import { BadUserInput, StartupError } from '../shared/errors';
import { parseJson } from '../shared/json';
import type { Logger } from '../shared/logger';
import { registerErrorHandlers } from './errors';
import { registerPlayground, wantsPlayground } from './playground';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where the request reached GraphQL. */
    graphqlContext: Context | null;
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
const DRAIN_MS = 10_000;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP server with all its routes, not listening yet. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { apollo, createContext, logger } = options;
  const server = fastify({ bodyLimit: MAX_BODY_BYTES, genReqId: requestId });
  server.decorateRequest('graphqlContext', null);
  readStrictJson(server);
  registerErrorHandlers(server, logger);
  registerLog(server, logger);
  registerProbes(server, options.checkReady);

  const playground = await registerPlayground(server, { directory: options.playgroundDirectory });
  const answer = fastifyApolloHandler(apollo, {
    context: async (request) => {
      request.graphqlContext = createContext();
      return request.graphqlContext;
    },
  });
  server.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: (request, reply) => {
      if (wantsPlayground(request)) return playground.send(reply);
      // One address, two kinds of answer: no cache may mix them up.
      reply.header('vary', 'Accept');
      return answer.call(server, request, reply);
    },
  });
  server.get('/', (_request, reply) => reply.redirect('/graphql'));
  return server;
}

/** Listens; the address it is reached at. Throws `StartupError` where the address cannot be had. */
export async function listen(
  server: FastifyInstance,
  address: { host: string; port: number },
): Promise<string> {
  try {
    return await server.listen(address);
  } catch (error) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${address.port} on ${address.host} is taken by another program; stop that one, or set PORT to a free port.`,
      EACCES: `This user may not listen on port ${address.port}; set PORT to a port above 1023.`,
      EADDRNOTAVAIL: `HOST ${address.host} is no address of this machine; set HOST to one that is, or to 0.0.0.0 for all.`,
      ENOTFOUND: `HOST ${address.host} cannot be resolved; set HOST to an address of this machine, or to 0.0.0.0 for all.`,
    };
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason ? new StartupError(reason, { cause: error }) : error;
  }
}

/** Stops accepting, lets running requests finish for up to 10 s, then cuts the rest off. */
export async function drain(server: FastifyInstance, logger: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    logger.warn('requests still running at the deadline were cut off');
    server.server.closeAllConnections();
  }, DRAIN_MS);
  await server.close();
  clearTimeout(deadline);
}

/** A client's own request id is kept, so that its logs and ours meet. */
function requestId(request: { headers: FastifyRequest['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** The one body that is understood: JSON in UTF-8, whose numbers are kept as written. */
function readStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      if (!isUtf8(body)) throw new BadUserInput('The request body', 'must be encoded in UTF-8.');
      try {
        return parseJson(body.toString());
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new BadUserInput('The request body', `must be JSON: ${error.message}.`);
      }
    },
  );
}

function registerLog(server: FastifyInstance, logger: Logger): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // Otherwise a client's connection would stay open, idle, and hold the shutdown up.
    if (closing) reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request, reply) => {
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
        operation: request.graphqlContext?.log.operation,
      },
      'request',
    );
  });
}

function registerProbes(server: FastifyInstance, checkReady: () => Promise<void>): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      await checkReady();
      return { status: 'ready' };
    } catch {
      return reply.code(503).send({ status: 'unavailable', reason: 'the database does not answer' });
    }
  });
}
