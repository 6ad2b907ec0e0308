import type { Logger } from '../../shared/logger';
import type { DatabaseTarget } from './target';
import { openUrl } from './url';

export type { DatabaseTarget } from './target';

export interface FindOptions {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** What this process is, for whoever finds the embedded database taken. */
  readonly purpose: string;
  /** The server owns the embedded database; a command may join the one that another process owns. */
  readonly mode: 'own' | 'join';
  readonly logger: Logger;
  /** Ends the search for an embedded database, with a `StartupError` and nothing left running. */
  readonly signal?: AbortSignal;
}

/** Finds the database: DATABASE_URL, else the embedded default. Throws `StartupError`. */
export async function findDatabase({ databaseUrl, ...embedded }: FindOptions): Promise<DatabaseTarget> {
  if (databaseUrl !== undefined) return openUrl(databaseUrl);
  // Loaded on demand: whoever brings a database needs neither the engine nor its lock.
  const { openEmbedded } = await import('./embedded/index');
  return openEmbedded(embedded);
}
