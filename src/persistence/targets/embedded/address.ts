import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';

/** The superuser that the server connects as. */
export const DATABASE_USER = 'workflow_manager';

/** The database that is there from the beginning: one less step that could be interrupted. */
const DATABASE = 'postgres';

/** The socket's name only: with a socket in the data folder, no other server can be in the way. */
const SOCKET_PORT = 5432;

/** How PostgreSQL listens: on a Unix socket in the data folder, or on a port of the loopback interface. */
export type Address = { kind: 'socket' } | { kind: 'loopback'; port: number };

/** What the operating system can take as a socket's path, in bytes, without the closing NUL. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

function fitsSocket(pgdata: string): boolean {
  return Buffer.byteLength(join(pgdata, `.s.PGSQL.${SOCKET_PORT}`)) <= LONGEST_SOCKET_PATH;
}

export function connectionTo(pgdata: string, address: Address, password: string): ClientConfig {
  const place =
    address.kind === 'socket'
      ? { host: pgdata, port: SOCKET_PORT }
      : { host: '127.0.0.1', port: address.port };
  return { ...place, user: DATABASE_USER, password, database: DATABASE };
}

/**
 * What to try in turn. A socket is the better choice, but its path may be too long, or the file system may have
 * none (some folders shared with a container); a free port may be taken by the time PostgreSQL wants it.
 */
export async function addressesFor(pgdata: string): Promise<[Address, Address]> {
  const loopback = async (): Promise<Address> => ({ kind: 'loopback', port: await freePort() });
  const first: Address = fitsSocket(pgdata) ? { kind: 'socket' } : await loopback();
  return [first, await loopback()];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** `starting`: it answers, but recovers or shuts down. `silent`: nothing that speaks PostgreSQL answers. */
export type Answer = 'ready' | 'starting' | 'wrong password' | 'silent';

const ANSWERS: Record<string, Answer> = {
  // cannot_connect_now, invalid_password
  '57P03': 'starting',
  '28P01': 'wrong password',
};

/** Asks a database whether it works, by using it. `signal` ends the asking. */
export async function ask(connection: ClientConfig, signal?: AbortSignal): Promise<Answer> {
  const socket = new Socket();
  const client = new Client({
    ...connection,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    stream: () => socket,
  });
  client.on('error', () => {});
  const hangUp = () => socket.destroy();
  signal?.addEventListener('abort', hangUp);
  try {
    await client.connect();
    await client.query('select 1');
    return 'ready';
  } catch (error) {
    return ANSWERS[(error as { code?: string }).code ?? ''] ?? 'silent';
  } finally {
    await client.end().catch(() => {});
    signal?.removeEventListener('abort', hangUp);
  }
}
