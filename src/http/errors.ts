import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { DomainError, type ErrorCode } from '../shared/errors';
import type { Logger } from '../shared/logger';

const STATUS: Record<ErrorCode, number> = {
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** Answers what fails before GraphQL sees it in GraphQL's own form, so that clients need one way to read errors. */
export function registerErrorHandlers(server: FastifyInstance, logger: Logger): void {
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0];
    sendError(reply, {
      code: 'NOT_FOUND',
      message: `There is nothing at ${request.method} ${path}; the API is at /graphql.`,
    });
  });
  server.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, logger));
}

/** Says what was wrong with a request, or hides what is our own fault behind an id. */
export function answerError(error: FastifyError, reply: FastifyReply, logger: Logger): FastifyReply {
  if (error instanceof DomainError) return sendError(reply, error);
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return sendError(reply, {
      code: 'PAYLOAD_TOO_LARGE',
      message: 'The request body is larger than 1 MiB; send less at a time.',
    });
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return sendError(
      reply,
      { code: 'BAD_USER_INPUT', message: 'Content-Type: must be application/json.' },
      415,
    );
  }
  // The rest of what fastify refuses (an aborted or empty body …), and a Host header that makes no URL.
  if (error.code === 'ERR_INVALID_URL' || (error.statusCode ?? 500) < 500) {
    return sendError(reply, {
      code: 'BAD_USER_INPUT',
      message: `The request is malformed: ${error.message}`,
    });
  }
  const errorId = randomUUID();
  logger.error({ err: error, errorId }, 'internal error');
  return sendError(reply, {
    code: 'INTERNAL_SERVER_ERROR',
    message: `Internal error. Quote this id: ${errorId}`,
  });
}

const UNFINISHED: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers, and logs, what is no HTTP request at all, or never became a whole one. */
export function malformedRequestHandler(logger: Logger) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = UNFINISHED[error.code ?? ''] ?? 400;
    logger.info({ status, reason: error.code }, 'malformed request');
    const message = `The request is malformed: ${STATUS_CODES[status]}.`;
    const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    // Whoever does not close their side would keep the socket open.
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };
}

function sendError(
  reply: FastifyReply,
  { code, message }: { code: ErrorCode; message: string },
  status = STATUS[code],
): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
