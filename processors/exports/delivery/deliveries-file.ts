import { Type, type Static } from 'typebox';
import { assertNamedOnce, readJsonFile } from '../../settings/json-file.ts';
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

export type DeliveryTarget = Static<typeof Target>;

/**
 * Reads the file that DMS_DELIVERIES_FILE names; "" = nothing is delivered unasked.
 * @throws Error naming the file and the field that is wrong
 */
export function readDeliveries(file: string): readonly DeliveryTarget[] {
  if (file === '') return [];
  const { targets } = readJsonFile(file, DeliveriesFile);
  assertNamedOnce(file, targets);
  return targets;
}
