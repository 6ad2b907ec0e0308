import type { ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { StartupError } from '../../shared/errors';
import type { DatabaseTarget } from './target';

/** The database that a URL names. The URL's own settings (`sslmode`, `host`, `options` …) count. */
export function openUrl(url: string): DatabaseTarget {
  const connection = expand(url);
  const { host, port, database, user } = connection;
  return {
    connection,
    description: `${user ?? ''}@${host ?? 'localhost'}:${port ?? 5432}/${database ?? ''}`,
    close: async () => {},
  };
}

/** So that what every connection needs can be added to the URL's own `options`. */
function expand(url: string): ClientConfig {
  try {
    return parseIntoClientConfig(url);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    // The parser's own words may quote a part of the URL, and a password with it.
    throw new StartupError(
      code && /^E[A-Z]+$/.test(code)
        ? `DATABASE_URL names a certificate or key file${path ? ` ${JSON.stringify(path)}` : ''} that cannot be ` +
            `read (${code}): correct its sslrootcert, sslcert or sslkey`
        : 'DATABASE_URL cannot be understood: its port must be a number, special characters in it must be ' +
            'percent-encoded, and with sslmode=verify-ca goes an sslrootcert',
      { cause: error },
    );
  }
}
