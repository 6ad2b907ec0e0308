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
    return JSON.parse(text);
  } catch {
    // Not GraphQL: a proxy's error page, most likely.
    throw new Error(`HTTP ${status}: ${text.slice(0, 500)}`);
  }
}
