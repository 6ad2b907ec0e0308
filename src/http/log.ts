import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../shared/logger';

/** One line for each request, also for one that its client gave up. */
export function registerLog(server: FastifyInstance, logger: Logger): void {
  server.decorateRequest('isAbandoned', false);
  server.addHook('onRequest', async (request, reply) => logRequest(request, reply, logger));
  server.addHook('onSend', async (request) => {
    request.isAbandoned = request.raw.socket.destroyed;
  });
}

/** Gives the answer its request id, and logs the request when it is over. */
export function logRequest(request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const begin = performance.now();
  reply.header('x-request-id', request.id);
  reply.raw.once('close', () => {
    const answered = reply.raw.writableFinished && !request.isAbandoned;
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        path: request.url.split('?')[0],
        ...(answered ? { status: reply.statusCode } : { aborted: true }),
        durationMs: Math.round((performance.now() - begin) * 1000) / 1000,
        operation: request.graphqlContext?.log.operation,
      },
      'request',
    );
  });
}
