import { build, stop, type Plugin } from 'esbuild';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeOwnedFolder, removeForsaken } from './owned-folder.ts';

const repository = resolve(fileURLToPath(new URL('..', import.meta.url)));
/** Below the repository, so that packages are found from there. */
const SHELF = join(repository, '.cache', 'programs');
/** What is started by itself: programs and commands. */
const FOLDERS = ['ingest', 'processors', 'dashboard/server', 'sql', 'simulator'];
const ENTRY = /(?:^|[/-])(?:main|cli)\.ts$/;
/** Of many small modules, most of which each program needs: read file by file they cost most of a start. */
const INLINED_PACKAGE =
  /^(?:@clickhouse\/client|@fastify\/[a-z-]+|fastify|kafkajs|p-retry|prom-client|typebox)(?:\/|$)/;
/** Starts threads from files of its own. */
const THREADED_PACKAGE = /^pino$/;
/** What CommonJS packages are bundled with: `require` of what is outside, which modules do not have. */
const REQUIRE =
  "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);";

export interface CompiledPrograms {
  /** Where they are; see `nodeArgs`. */
  readonly dir: string;
  /** Removes them. */
  readonly remove: () => Promise<void>;
}

/**
 * Compiles every program and command into a folder of this process's own, in about a second: a start from it takes a third of the
 * processor time of one from the sources. Modules keep what `import.meta` says of their sources, and so find their SQL, settings and
 * workers there. Folders whose process has ended are removed.
 */
export async function compilePrograms(): Promise<CompiledPrograms> {
  await mkdir(SHELF, { recursive: true });
  await removeForsaken(SHELF, '');
  const dir = await makeOwnedFolder(SHELF, '');
  await build({
    absWorkingDir: repository,
    entryPoints: await entryPoints(),
    outdir: dir,
    outbase: repository,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: REQUIRE },
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [packagesOutside, ownPlaces],
  });
  // Its helper would stay for as long as this process.
  await stop();
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/**
 * Arguments of node that run `entry`, named from the repository on, as it is compiled in `dir`; from its source where there is no
 * `dir` or it was not compiled.
 */
export function nodeArgs(entry: string, dir: string | undefined): string[] {
  const compiled = dir === undefined ? '' : join(dir, entry.replace(/\.ts$/, '.mjs'));
  if (compiled !== '' && existsSync(compiled)) return ['--enable-source-maps', compiled];
  return ['--import', 'tsx', join(repository, entry)];
}

async function entryPoints(): Promise<string[]> {
  const names = await Promise.all(
    FOLDERS.map(async (folder) => {
      const files = await readdir(join(repository, folder), { recursive: true });
      return files.filter((file) => ENTRY.test(file)).map((file) => join(folder, file));
    }),
  );
  return names.flat();
}

const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup: (bundling) => {
    bundling.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const isInlined =
        (INLINED_PACKAGE.test(path) || importer.includes('node_modules')) && !THREADED_PACKAGE.test(path);
      return kind === 'entry-point' || isInlined ? undefined : { path, external: true };
    });
  },
};

/** `import.meta` of a source is that of its source, not of the bundle it came into. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup: (bundling) => {
    bundling.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const places = { filename: path, dirname: dirname(path), url: pathToFileURL(path).href };
      const source = await readFile(path, 'utf8');
      const contents = source.replace(/\bimport\.meta\.(filename|dirname|url)\b/g, (_, name) =>
        JSON.stringify(places[name as keyof typeof places]),
      );
      return { contents, loader: 'ts' };
    });
  },
};
