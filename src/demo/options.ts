import { parseArgs } from 'node:util';
import { StartupError } from '../shared/errors';

const MAX_CLUSTERS = 100_000;

export interface Options {
  readonly clusters: number;
  readonly seed: string;
  /** The API to play to; undefined: one of this process's own. */
  readonly url: string | undefined;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run demo -- [options]

Publishes the real release history of Workflow and plays a made-up fleet through the API: clusters that check in
twice a day, upgrade, fall silent and come back. The release times are mapped onto the last 90 days. Run again, it
adds what is missing since, and nothing twice. It uses the database that npm start uses (DATA_DIR or DATABASE_URL),
whether or not a server runs on it.

  --clusters <number>  how many clusters, 1 to ${MAX_CLUSTERS} (default 300)
  --seed <text>        another text, another fleet; the same text, the same fleet (default "demo")
  --url <url>          play to the server at this address instead, e.g. http://127.0.0.1:4000/graphql
  --help               show this
`;

/** Reads the command line. Throws `StartupError`. */
export function readOptions(args: readonly string[]): Options {
  const { clusters, seed, url, help } = parse(args);
  if (!/^\d{1,6}$/.test(clusters) || Number(clusters) < 1 || Number(clusters) > MAX_CLUSTERS) {
    throw wrong(`--clusters must be a whole number from 1 to ${MAX_CLUSTERS}`);
  }
  if (url !== undefined && !isHttpUrl(url))
    throw wrong('--url must be a URL such as http://127.0.0.1:4000/graphql');
  return { clusters: Number(clusters), seed, url, help };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        clusters: { type: 'string', default: '300' },
        seed: { type: 'string', default: 'demo' },
        url: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    // Only its first sentence is about our options.
    throw wrong((error instanceof Error ? error.message : String(error)).split(/\.\s/)[0] ?? '');
  }
}

function wrong(problem: string): StartupError {
  return new StartupError(`${problem}; npm run demo -- --help shows the options.`);
}

function isHttpUrl(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
