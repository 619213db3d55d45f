import fastify from 'fastify';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addErrorHandler } from '../http/errors.ts';
import { RouteTable } from '../http/route-table.ts';
import { addPages, findPages } from './pages.ts';

const app = fastify();
const dir = mkdtempSync(join(tmpdir(), 'pages-'));
const html = { accept: 'text/html,application/xhtml+xml' };

beforeAll(async () => {
  mkdirSync(join(dir, 'assets'));
  writeFileSync(join(dir, 'index.html'), '<script src="/assets/main-abc.js"></script>');
  writeFileSync(join(dir, 'assets', 'main-abc.js'), 'export {}');
  const pages = findPages(dir);
  if (!pages) throw new Error('not found');
  addErrorHandler(app, new RouteTable(), true);
  await addPages(app, pages, '');
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true });
});

describe('the pages', () => {
  it('a file with its hash in its name is kept for ever, the page itself never unasked', async () => {
    const asset = await app.inject('/assets/main-abc.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await app.inject('/')).headers['cache-control']).toBe('no-cache');
  });

  it.each(['/wall/main?kiosk=1', '/alerts', '/alerts/case-1'])(
    '%s is answered by the one page',
    async (url) => {
      const response = await app.inject({ url, headers: html });
      expect(response.statusCode).toBe(200);
      expect(response.body).toContain('main-abc.js');
      expect(response.headers['cache-control']).toBe('no-cache');
    },
  );

  it('only the page that scans may run WebAssembly', async () => {
    const scan = await app.inject({ url: '/scan', headers: html });
    expect(scan.headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(scan.headers['content-security-policy']).toContain("default-src 'self';");
    const wall = await app.inject({ url: '/wall/main', headers: html });
    expect(String(wall.headers['content-security-policy'])).not.toContain('wasm');
  });

  it.each([
    ['a file that is none', '/assets/gone.js', html],
    ['a call that is none', '/v1/nothing', html],
    ['whoever wants no page', '/wall/main', { accept: 'application/json' }],
    ['a way out of the folder', '/..%2f..%2fetc/passwd', { accept: '*/*' }],
  ])('%s is a 404 problem', async (_what, url, headers) => {
    const response = await app.inject({ url, headers });
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it('another index.html is another build', () => {
    const before = findPages(dir)?.build;
    writeFileSync(join(dir, 'index.html'), '<script src="/assets/main-def.js"></script>');
    expect(findPages(dir)?.build).not.toBe(before);
    expect(findPages(join(dir, 'assets'))).toBeUndefined();
  });
});
