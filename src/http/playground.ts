import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** The page in a browser at the GraphQL endpoint, from which people explore the API. */
export interface Playground {
  /** Answers with the page, or with how to build it where that has not been done. */
  send(reply: FastifyReply): FastifyReply;
}

const NOT_BUILT = 'The GraphQL playground has not been built. Build it with: npm run build:playground\n';

/**
 * The page may load and call this server, and nothing else. Its code editor positions every line with style
 * attributes and shows icons from data: URLs.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For the page's web workers, which take their policy from their own file: they compute, and call nobody. */
const ASSET_SECURITY_POLICY = "default-src 'none'; script-src 'self'";

const PAGE_HEADERS = {
  // Asked for again at every visit, and mostly answered with 304: it names the files of the newest build.
  'cache-control': 'no-cache',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  // One address answers with the page or with GraphQL, as the client prefers.
  vary: 'Accept',
  'x-content-type-options': 'nosniff',
};

/**
 * Serves the files of the playground that was built into `directory`, under /playground/assets/, and returns the
 * page, for the GraphQL route to send. Without a build the server works, and only the page is unavailable.
 */
export async function registerPlayground(
  server: FastifyInstance,
  options: { directory: string },
): Promise<Playground> {
  const page = await readPage(join(options.directory, 'index.html'));
  if (page === undefined) return { send: sendNotBuilt };
  await server.register(fastifyStatic, {
    root: join(options.directory, 'assets'),
    prefix: '/playground/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    // A file's name changes with its content.
    immutable: true,
    maxAge: '1y',
    setHeaders(response) {
      response.setHeader('content-security-policy', ASSET_SECURITY_POLICY);
      response.setHeader('vary', 'Accept-Encoding');
      response.setHeader('x-content-type-options', 'nosniff');
    },
  });
  const etag = `"${createHash('sha256').update(page).digest('base64url').slice(0, 22)}"`;
  return { send: (reply) => sendPage(reply, { page, etag }) };
}

/**
 * Whether a request to the GraphQL endpoint comes from a person's browser, and wants the page, not an answer. HTML
 * must be preferred to JSON, as browsers do: the wildcard of curl and of many libraries means an API client.
 */
export function wantsPlayground(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  return new Negotiator(request.raw).mediaType(['application/json', 'text/html']) === 'text/html';
}

/** The page is half a kilobyte of links to its files: it is kept in memory, and not worth compressing. */
async function readPage(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function sendPage(reply: FastifyReply, { page, etag }: { page: string; etag: string }): FastifyReply {
  reply.headers({ ...PAGE_HEADERS, etag });
  const known = reply.request.headers['if-none-match']
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(etag)) return reply.code(304).send();
  return reply.type('text/html; charset=utf-8').send(page);
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .headers({ 'cache-control': 'no-store', vary: 'Accept', 'x-content-type-options': 'nosniff' })
    .type('text/plain; charset=utf-8')
    .send(NOT_BUILT);
}
