import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'dashboard', 'src');
const PAGES = join(SRC, 'work');

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The components of the wall and its charts that the pages to work at draw with. */
function borrowed(): string[] {
  const pages = readdirSync(PAGES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.svelte'),
  );
  const imported = pages.flatMap((name) =>
    [...textOf(join(PAGES, name)).matchAll(/from '(?:\.\.\/)+((?:wall|charts)\/\w+\.svelte)'/g)].flatMap(
      ([, path]) => path ?? [],
    ),
  );
  return [...new Set(imported)];
}

it('the rules that the pages share reach into no component that has a class of the same name for itself', () => {
  const shared = new Set(
    [...textOf(join(PAGES, 'work.css')).matchAll(/\.([a-z][a-z-]*)/g)].map(([, name]) => name),
  );
  expect(shared.has('table')).toBe(true);
  const components = borrowed();
  expect(components).toContain('charts/Bar.svelte');
  const taken = components.flatMap((path) =>
    [...textOf(join(SRC, path)).matchAll(/class="([a-z -]+)"/g)]
      .flatMap(([, names]) => names?.split(' ') ?? [])
      .filter((name) => shared.has(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(taken).toEqual([]);
});
