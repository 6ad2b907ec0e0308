import { StartupError } from '../shared/errors';

const TIMEOUT_MS = 60_000;

/** Sends an operation; its data. Throws `StartupError`, one line, where there is none. */
export type Ask = <Data>(query: string, variables?: Record<string, unknown>) => Promise<Data>;

interface Answer {
  data?: unknown;
  errors?: { message: string }[];
}

/** A GraphQL client of the API at `url`. */
export function createClient(url: string): Ask {
  return async <Data>(query: string, variables?: Record<string, unknown>) => {
    const answer = await post(url, JSON.stringify({ query, variables }));
    const [error] = answer.errors ?? [];
    if (error) throw new StartupError(`The API at ${url} refused: ${oneLine(error.message)}`);
    return answer.data as Data;
  };
}

async function post(url: string, body: string): Promise<Answer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new StartupError(
      `The API at ${url} does not answer (${reasonOf(error)}); see to the server and run the demo again, it goes on where it stopped.`,
      { cause: error },
    );
  }
  return (
    readAnswer(text) ??
    refuse(`${url} answers ${status}, and not as the API does; give --url the server's /graphql.`)
  );
}

function readAnswer(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswer = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isAnswer ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(message: string): never {
  throw new StartupError(message);
}

/** Node's own message is but "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `not within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return oneLine(error.message);
  return (cause as NodeJS.ErrnoException).code ?? oneLine(cause.message);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
