import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathOf } from '../http/route-table.ts';
import { SCAN_PAGE_POLICY } from '../http/security-policy.ts';

/** As the page's own router knows it. */
const SCAN_PATH = '/scan';
const YEAR_S = 31_536_000;

/** The built pages: where they lie, and which build they are. */
export interface Pages {
  readonly dir: string;
  /** Changes whenever a built file does: the names of all of them, hashed by their content, stand in index.html. */
  readonly build: string;
}

/** The pages in `dir`; undefined when nothing was built there. */
export function findPages(dir: string): Pages | undefined {
  const index = join(dir, 'index.html');
  if (!existsSync(index)) return undefined;
  return { dir, build: createHash('sha256').update(readFileSync(index)).digest('hex').slice(0, 12) };
}

/** Serves the pages: files with a hash in their name for ever, everything else only after asking again. */
export async function addPages(app: FastifyInstance, pages: Pages, geoDir: string): Promise<void> {
  if (geoDir !== '') {
    await app.register(fastifyStatic, {
      root: geoDir,
      prefix: '/geo/',
      decorateReply: false,
      setHeaders: (reply) => {
        reply.setHeader('cache-control', 'no-cache');
      },
      cacheControl: false,
    });
  }
  await app.register(fastifyStatic, {
    root: pages.dir,
    prefix: '/',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes(`${sep}assets${sep}`);
      reply.setHeader('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
}

/** Whether this asks for a page that the browser's own router knows (`/wall/main`, `/alerts`), not for a file or the API. */
export function asksForPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const path = pathOf(request.url);
  if (path.startsWith('/v1/') || /\.[^/]*$/.test(path)) return false;
  return request.headers.accept?.includes('text/html') ?? false;
}

export function sendPage(reply: FastifyReply): FastifyReply {
  if (pathOf(reply.request.url) === SCAN_PATH) void reply.header('content-security-policy', SCAN_PAGE_POLICY);
  return reply.code(200).sendFile('index.html');
}
