import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The drawing of the South China Sea islands' inset: polygons in the drawing's own units, y downwards, within width × height. */
export interface NanhaiInset {
  readonly width: number;
  readonly height: number;
  readonly polygons: (readonly [x: number, y: number])[][];
}

/**
 * The inset as ECharts draws it on its map of China (`lib/coord/geo/fix/nanhai.js`, Apache-2.0): coast, Hainan, the dashes, frame.
 * It is a drawing, not a projection: no position may be read from it. Fails when the source is laid out differently.
 */
export function nanhaiInset(): NanhaiInset {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('echarts-map-data/package.json'));
  const source = readFileSync(join(folder, 'lib/coord/geo/fix/nanhai.js'), 'utf8');
  const literal = /var points = (\[\[\[.*\]\]\]);/.exec(source)?.[1];
  if (literal === undefined) throw new Error('the source of the inset has no list of points');
  const polygons = JSON.parse(literal) as [number, number][][];
  const positions = polygons.flat();
  return {
    width: Math.max(...positions.map(([x]) => x)),
    height: Math.max(...positions.map(([, y]) => y)),
    polygons,
  };
}
