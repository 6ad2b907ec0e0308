import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/server';

export interface Product {
  /** The GraphQL endpoint, and the playground's address. */
  readonly url: string;
  /** Asks the process to stop, removes its data and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built product on a free port, with an empty data directory. */
export async function startProduct(): Promise<Product> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'workflow-manager-browser-'));
  // Run as root, the product gives its database to another user, who must be able to get here.
  await chmod(dataDirectory, 0o755);
  const server = await startServer({ DATA_DIR: dataDirectory });
  return {
    url: server.url,
    async stop() {
      const code = await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
      return code;
    },
  };
}
