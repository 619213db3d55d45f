import { Type } from 'typebox';
import type { ForecastExports, StoredVersion } from '../../../processors/exports/forecast-exports.ts';
import { ProblemError } from '../http/problem.ts';

/** The part of an address that names a forecast version. */
export const VersionName = Type.Object({
  version: Type.String({ maxLength: 64, description: 'its name, or latest' }),
});

/** Finds a version by its name, or the last one by `latest`. @throws ProblemError 404 */
export type FindVersion = (name: string) => Promise<StoredVersion>;

export function findVersionIn(exports: Pick<ForecastExports, 'version'>): FindVersion {
  return async (name) => {
    const version = await exports.version(name);
    if (version !== undefined) return version;
    const detail = name === 'latest' ? 'nothing was forecast yet' : 'there is no such version';
    throw new ProblemError(404, { detail });
  };
}
