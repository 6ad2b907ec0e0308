import type { ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import type { DatabaseTarget } from './target';

/** The database that a URL names. The URL's own settings (`sslmode`, `host`, `options` …) count. */
export function openUrl(url: string): DatabaseTarget {
  // Expanded, so that what every connection needs can be added to the URL's own `options`.
  const connection: ClientConfig = parseIntoClientConfig(url);
  const { host, port, database, user } = connection;
  return {
    connection,
    description: `${user ?? ''}@${host ?? 'localhost'}:${port ?? 5432}/${database ?? ''}`,
    close: async () => {},
  };
}
