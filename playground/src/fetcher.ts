import type { Fetcher } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';

/** Sends operations to `url`: plain HTTP, for the API has no subscriptions and no incremental delivery. */
export function createFetcher(url: string): Fetcher {
  return async (operation, options): Promise<ExecutionResult> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'content-type': 'application/json',
        ...options?.headers,
      },
      body: JSON.stringify(operation),
    });
    return parseResult(response.status, await response.text());
  };
}

function parseResult(status: number, text: string): ExecutionResult {
  try {
    return JSON.parse(text, keepExactNumber);
  } catch {
    // Not GraphQL: a proxy's error page, most likely.
    throw new Error(`HTTP ${status}: ${text.slice(0, 500)}`);
  }
}

/** In browsers since 2023 to 2025; without it long numbers are rounded on the page, as JavaScript does. */
const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };

/** Shows a number of a stored document digit for digit, also where a JavaScript number cannot hold it. */
function keepExactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || !rawJSON) return value;
  return String(value) === source ? value : rawJSON(source);
}
