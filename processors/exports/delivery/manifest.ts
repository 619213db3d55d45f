import { createHash } from 'node:crypto';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Instant } from '../../../models/contract/fields.ts';
import { EXPORT_FORMATS } from '../export-format.ts';
import { SUGGESTION_LISTS } from '../suggestion-exports.ts';

export const MANIFEST_FILE = 'manifest.json';
/** Written last, removed first: who finds it finds all the rest. Its text is that of `sha256sum manifest.json`. */
export const SUCCESS_FILE = '_SUCCESS';

export const DATASETS = ['forecast', ...SUGGESTION_LISTS] as const;
export type Dataset = (typeof DATASETS)[number];

const DeliveredFile = Type.Object({
  name: Type.String({ pattern: '^[a-z_]+\\.[a-z]+$', description: 'beside the manifest' }),
  dataset: Type.Enum([...DATASETS]),
  format: Type.Enum([...EXPORT_FORMATS]),
  media_type: Type.String(),
  bytes: Type.Integer({ minimum: 0 }),
  rows: Type.Integer({ minimum: 0, description: 'without the header' }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of its bytes, hexadecimal' }),
});
export type DeliveredFile = Static<typeof DeliveredFile>;

/** `manifest.json` of a delivery: what lies beside it, and of which state of the data it is. */
const Manifest = Type.Object({
  manifest_version: Type.Literal(1, { description: 'of this format' }),
  forecast_version: Type.String(),
  as_of: Instant('end of the last day whose demand was known'),
  generated_at: Instant('when the forecast was computed'),
  revision: Type.Integer({ minimum: 0, description: 'of the overrides in it; 0 = none' }),
  suggestions_decided_at: Type.Union([Instant('of the last decision in it'), Type.Null()]),
  suggested_at: Type.Optional(
    Type.Union([Instant('of the newest suggestion in it'), Type.Null()], {
      description: 'a manifest from before this was told lacks it, and is delivered anew',
    }),
  ),
  delivered_at: Instant('when these files were made'),
  files: Type.Array(DeliveredFile),
});
export type Manifest = Static<typeof Manifest>;
const checkManifest = Compile(Manifest);

/** @throws Error naming the field of a manifest that is none */
export function parseManifest(text: string): Manifest {
  const said: unknown = JSON.parse(text);
  if (checkManifest.Check(said)) return said;
  const [first] = checkManifest.Errors(said);
  throw new Error(`${MANIFEST_FILE}: ${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`);
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The text of `_SUCCESS` beside a manifest. */
export function successText(manifest_text: string): string {
  return `${createHash('sha256').update(manifest_text).digest('hex')}  ${MANIFEST_FILE}\n`;
}
