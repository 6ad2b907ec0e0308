import { tmpdir } from 'node:os';
import { openUrl } from '../src/persistence/targets/url';
import { StartupError } from '../src/shared/errors';
import { refusedStart } from './support/server';

/** Why a URL is refused, whoever gave it. */
function refusal(url: string): string {
  try {
    openUrl(url);
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    return (error as StartupError).message;
  }
  throw new Error('It was taken');
}

const NOT_UNDERSTOOD = /^DATABASE_URL cannot be understood: .*percent-encoded/;

describe.each([
  [
    'a file that is not there',
    '/db?sslrootcert=/nofile',
    /^DATABASE_URL names .*"\/nofile".*ENOENT.*sslroot/,
  ],
  ['a folder for a file', `/db?sslcert=${tmpdir()}`, /^DATABASE_URL names .*EISDIR.*sslcert/],
  ['no file, where one is needed', '/db?uselibpqcompat=true&sslmode=verify-ca', NOT_UNDERSTOOD],
  ['a name that does not decode', '/d%ff', NOT_UNDERSTOOD],
  ['a port that is none', '/db?port=hidden-secret', NOT_UNDERSTOOD],
])('a DATABASE_URL with %s', (_, rest, expected) => {
  const url = `postgres://user:hidden-secret@127.0.0.1${rest}`;

  it('is refused with what to correct, and without its secret', () => {
    const message = refusal(url);
    expect(message).toMatch(expected);
    expect(message).not.toMatch(/hidden-secret|\n/);
  });

  it('keeps the server from starting, which says so in one line', async () => {
    const message = await refusedStart({ DATABASE_URL: url });
    expect(message).toMatch(/DATABASE_URL/);
    expect(message).not.toContain('hidden-secret');
  });
});
