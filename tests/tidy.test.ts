import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The order in which data flows: a file imports only from its own folder or from one to the left. */
const FOLDERS = [
  'models',
  'sql',
  'ingest',
  'processors',
  'dashboard',
  'stack',
  'simulator',
  'bench',
  'tests',
];

/** Packages that one file alone may import, so that there is one place to change them. */
const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  kafkajs: 'ingest/kafka.ts',
  '@clickhouse/client': 'sql/client.ts',
};

const LINES_MAX = 350;

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '');
const sources = tracked.filter((path) => /\.(ts|svelte|mjs|js)$/.test(path));

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

/** What a file imports, at run time or for types. */
function importsOf(path: string): string[] {
  return [...textOf(path).matchAll(/(?:from\s+|import\s+|import\()'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** The place of a relative import in the tree. */
function target(path: string, specifier: string): string {
  return normalize(join(dirname(path), specifier));
}

const inFolders = sources.filter((path) => FOLDERS.includes(folderOf(path)));

describe('the tree', () => {
  it('imports only from its own folder or from one further up the stream', () => {
    const upstream = (path: string, specifier: string): boolean =>
      FOLDERS.indexOf(folderOf(target(path, specifier))) <= FOLDERS.indexOf(folderOf(path));
    const wrong = inFolders.flatMap((path) =>
      importsOf(path)
        .filter((specifier) => specifier.startsWith('.') && !upstream(path, specifier))
        .map((specifier) => `${path} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('gives the pages nothing of the server but types', () => {
    const wrong = sources
      .filter((path) => path.startsWith('dashboard/src/') && !path.endsWith('.test.ts'))
      .filter((path) => /import (?!type )[^;]*?from '[^']*\/server\//.test(textOf(path)));
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(SOLE_IMPORTERS))('imports %s only in %s', (name, owner) => {
    const importers = inFolders.filter((path) => path !== owner && importsOf(path).includes(name));
    expect(importers).toEqual([]);
    expect(importsOf(owner)).toContain(name);
  });

  it('lets the audit share no code with what it audits', () => {
    const seen = new Set(sources.filter((path) => path.startsWith('ingest/audit/')));
    for (const path of seen) {
      for (const specifier of importsOf(path))
        if (specifier.startsWith('.')) seen.add(target(path, specifier));
    }
    expect([...seen].filter((path) => path.startsWith('ingest/sink/'))).toEqual([]);
  });

  it('keeps models pure: no files, network, environment, clock or chance', () => {
    const impure = /\bfrom 'node:|\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(/;
    const wrong = sources
      .filter((path) => path.startsWith('models/') && !path.endsWith('.test.ts'))
      .filter((path) => impure.test(textOf(path)));
    expect(wrong).toEqual([]);
  });

  it('keeps files short enough to be read at once', () => {
    const long = sources
      .map((path) => ({ path, lines: textOf(path).split('\n').length }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  it('names files in kebab case, components in Pascal case, and none by a word that says nothing', () => {
    const empty = /(^|[-/])(utils?|helpers?|common|managers?|services?|misc)([./]|$)/i;
    const wrong = sources.filter((path) => {
      const name = path.split('/').at(-1) ?? '';
      const shape = name.endsWith('.svelte')
        ? /^[A-Z][A-Za-z0-9]*\.svelte$/
        : /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/;
      return !shape.test(name) || empty.test(path);
    });
    expect(wrong).toEqual([]);
  });

  it('holds no path of a machine and calls no host but loopback by address', () => {
    const place = /(^|[\s"'`(=])\/(work|home|root|Users)\//;
    const registry = new RegExp(['registry', 'npmjs'].join('\\.') + '|' + ['repo1?', 'maven'].join('\\.'));
    const wrong = tracked
      .filter((path) => /\.(ts|svelte|mjs|js|json|md|yml|yaml|sql|xml|sh|html)$/.test(path))
      .filter((path) => place.test(textOf(path)) || registry.test(textOf(path)));
    expect(wrong).toEqual([]);
  });

  it('pins every dependency to one version', () => {
    const manifest = JSON.parse(textOf('package.json')) as Record<string, Record<string, string> | undefined>;
    const versions = { ...manifest['dependencies'], ...manifest['devDependencies'] };
    const loose = Object.entries(versions).filter(
      ([, version]) => !/^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('tells of every command how it is used', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const silent = Object.entries(scripts).filter(([name, line]) => {
      const [, file] = /^node --import tsx (\S+(?:cli|main)\.ts)$/.exec(line) ?? [];
      if (file === undefined) return false;
      const text = textOf(file);
      return !text.includes(`new Command('${name}')`) || !text.includes('.description(');
    });
    expect(silent).toEqual([]);
  });

  it('names no database in its SQL', () => {
    const statements = (path: string): string =>
      textOf(path)
        .replace(/--.*$/gm, '')
        .replace(/'[^']*'/g, "''");
    const wrong = tracked.filter(
      (path) => path.endsWith('.sql') && /\bdms\.[a-z_]+\b/.test(statements(path)),
    );
    expect(wrong).toEqual([]);
  });
});
