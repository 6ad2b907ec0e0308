import { randomUUID } from 'node:crypto';
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError, type ErrorCode } from '../shared/errors';
import type { Logger } from '../shared/logger';

/** What GraphQL and Apollo Server find wrong with a request before it runs. */
const REQUEST_ERRORS = new Set<unknown>([...Object.values(ApolloServerErrorCode), 'BAD_USER_INPUT']);
REQUEST_ERRORS.delete(ApolloServerErrorCode.INTERNAL_SERVER_ERROR);

/**
 * The one place where errors become what a client sees: domain errors word for word, a malformed request as
 * BAD_USER_INPUT, and everything else masked, logged, and given an id to quote.
 */
export function createErrorFormatter(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = unwrapResolverError(error);
    if (cause instanceof DomainError) {
      if (cause.code === 'UNAVAILABLE') logger.warn({ err: cause.cause ?? cause }, 'unavailable');
      return withCode({ ...formatted, message: cause.message }, cause.code);
    }
    if (
      formatted.extensions?.code === ApolloServerErrorCode.GRAPHQL_PARSE_FAILED &&
      rootCause(error) instanceof RangeError
    ) {
      // The parser's stack; its own words would help nobody.
      return withCode({ message: 'The operation is nested too deep.' }, 'BAD_USER_INPUT');
    }
    if (REQUEST_ERRORS.has(formatted.extensions?.code)) {
      const argument = argumentOf(error);
      const message = argument ? `${argument}: ${formatted.message}` : formatted.message;
      return withCode({ ...formatted, message }, 'BAD_USER_INPUT');
    }
    const id = randomUUID();
    logger.error({ err: cause, errorId: id, path: formatted.path }, 'internal error');
    return withCode(
      { ...formatted, message: `Internal error. Quote this id: ${id}` },
      'INTERNAL_SERVER_ERROR',
      { id },
    );
  };
}

function withCode(
  { message, locations, path }: GraphQLFormattedError,
  code: ErrorCode,
  more: Record<string, unknown> = {},
): GraphQLFormattedError {
  return {
    message,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code, ...more },
  };
}

/** The argument or input field of a value in the document: GraphQL's own words about a literal leave it out. */
function argumentOf(error: unknown): string | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  if (error.extensions.code !== ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED) return undefined;
  if (!error.nodes?.[0]?.kind.endsWith('Value')) return undefined;
  const [position = 0] = error.positions ?? [];
  return /(\w+)\s*:\s*(?:\[[^\]]*)?$/.exec(
    error.source?.body.slice(Math.max(0, position - 200), position) ?? '',
  )?.[1];
}

/** The error that the outermost one was made of; GraphQL wraps them more than once. */
function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}
