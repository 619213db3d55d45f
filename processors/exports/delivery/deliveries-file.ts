import { readFileSync } from 'node:fs';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { EXPORT_FORMATS } from '../export-format.ts';
import { DATASETS } from './manifest.ts';

/** A place that the files of each new forecast are delivered to. */
const Target = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    /** A folder, s3://bucket/prefix or sftp://user@host:port/path. */
    to: Type.String({ minLength: 1 }),
    /** All, if unset. */
    formats: Type.Optional(Type.Array(Type.Enum([...EXPORT_FORMATS]), { minItems: 1, uniqueItems: true })),
    /** All, if unset. */
    datasets: Type.Optional(Type.Array(Type.Enum([...DATASETS]), { minItems: 1, uniqueItems: true })),
  },
  { additionalProperties: false },
);
const DeliveriesFile = Type.Object({ targets: Type.Array(Target) }, { additionalProperties: false });
const checkFile = Compile(DeliveriesFile);

export type DeliveryTarget = Static<typeof Target>;

/**
 * Reads the file that DMS_DELIVERIES_FILE names; "" = nothing is delivered unasked.
 * @throws Error naming the file and the field that is wrong
 */
export function readDeliveries(file: string): readonly DeliveryTarget[] {
  if (file === '') return [];
  const said = parsed(file);
  if (!checkFile.Check(said)) {
    const [first] = checkFile.Errors(said);
    throw new Error(`${file}: ${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`);
  }
  const names = said.targets.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${file}: two targets are called ${JSON.stringify(twice)}`);
  return said.targets;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
