import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BadUserInput } from '../shared/errors';
import { parseJson, requireStorable } from '../shared/json';

/** The one body that is understood: JSON in UTF-8, whose numbers are kept as written. */
export function registerBodyParser(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') {
        throw new BadUserInput('Content-Encoding', 'is not understood; send the body as it is.');
      }
      if (!isUtf8(body)) throw new BadUserInput('The request body', 'must be encoded in UTF-8.');
      try {
        return parseJson(body.toString());
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new BadUserInput('The request body', `must be JSON: ${error.message}.`);
      }
    },
  );
}

/** Variables in a URL are parsed by Apollo Server, which would round what a body is refused for. */
export function checkUrlVariables({ query }: FastifyRequest): void {
  const { variables } = query as { variables?: unknown };
  if (typeof variables !== 'string') return;
  try {
    requireStorable(parseJson(variables), 'variables');
  } catch (error) {
    // That it is no JSON Apollo Server says itself.
    if (!(error instanceof SyntaxError)) throw error;
  }
}
