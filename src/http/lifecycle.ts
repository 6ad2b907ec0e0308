import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { DomainError, StartupError } from '../shared/errors';
import type { Logger } from '../shared/logger';

const DRAIN_MS = 10_000;
const LAST_LINES_MS = 50;

/** Listens; the address it is reached at. Throws `StartupError` where the address cannot be had. */
export async function listen(
  server: FastifyInstance,
  address: { host: string; port: number },
): Promise<string> {
  const { host, port } = address;
  try {
    return await server.listen(address);
  } catch (error) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is taken by another program; stop that one, or set PORT to a free port.`,
      EACCES: `This user may not listen on port ${port}; set PORT to a port above 1023.`,
      EADDRNOTAVAIL: `HOST ${host} is no address of this machine; set HOST to one that is, or to 0.0.0.0 for all.`,
      ENOTFOUND: `HOST ${host} cannot be resolved; set HOST to an address of this machine, or to 0.0.0.0 for all.`,
    };
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reason =
      reasons[code] ?? `Cannot listen (${message}); set HOST and PORT to an address of this machine.`;
    throw new StartupError(reason, { cause: error });
  }
}

/**
 * While the server closes, what still comes in on open connections is refused, and the connections end; those on
 * which no request is running (browsers and balancers open them in advance) end at once.
 */
export function registerClosing(server: FastifyInstance): void {
  let closing = false;
  const silent = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  server.addHook('preClose', async () => {
    closing = true;
    for (const socket of silent) socket.destroy();
  });
  server.addHook('onRequest', async () => {
    if (closing) throw new DomainError('UNAVAILABLE', 'The server is stopping; try again.');
  });
  server.addHook('onSend', async (_request, reply) => {
    // Otherwise a client's connection would stay open, idle, and hold the shutdown up.
    if (closing) reply.header('connection', 'close');
  });
}

/** Stops accepting, lets running requests finish for up to 10 s, then cuts the rest off. */
export async function drain(server: FastifyInstance, logger: Logger): Promise<void> {
  let isCutOff = false;
  const deadline = setTimeout(() => {
    isCutOff = true;
    logger.warn('requests still running at the deadline were cut off');
    server.server.closeAllConnections();
  }, DRAIN_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(deadline);
  }
  // The sockets tell a little later than the server that they are closed; their requests have yet to be logged.
  if (isCutOff) await sleep(LAST_LINES_MS);
}
