import { Type } from 'typebox';
import { EXPORT_FORMATS, MEDIA_TYPES } from '../../../processors/exports/export-format.ts';
import type { ForecastExports } from '../../../processors/exports/forecast-exports.ts';
import { requireRight } from '../auth/access.ts';
import { VersionName, type FindVersion } from '../forecasts/find-version.ts';
import type { Api } from '../http/api.ts';
import { etagOf, sendTaggedFile } from '../http/etag.ts';

const ExportQuery = Type.Object(
  {
    format: Type.Optional(Type.Enum([...EXPORT_FORMATS], { description: 'csv if unset' })),
    grain: Type.Optional(Type.Enum(['day', 'week'] as const, { description: 'both if unset' })),
    dealer_id: Type.Optional(Type.String({ maxLength: 64 })),
    sku_id: Type.Optional(Type.String({ maxLength: 64 })),
    bom: Type.Optional(
      Type.Enum(['0', '1'] as const, { description: '0 = a CSV without a byte order mark' }),
    ),
  },
  { additionalProperties: false },
);

/** A version as a file. */
export function addForecastExportRoute(
  api: Api,
  exports: Pick<ForecastExports, 'file'>,
  find: FindVersion,
): void {
  api.get(
    '/v1/forecasts/:version/export',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary: 'The rows of a version as CSV, XLSX or Parquet',
        description:
          'Streamed. The entity tag changes only with the overrides: 304 for who holds the same. What no sheet of an XLSX can hold ' +
          '(Excel: 1,048,576 rows) goes on in the sheet `Forecast 2`.',
        params: VersionName,
        querystring: ExportQuery,
        produces: EXPORT_FORMATS.map((format) => MEDIA_TYPES[format]),
      },
    },
    async (request, reply) => {
      const version = await find(request.params.version);
      const { format = 'csv', bom = '1', ...filter } = request.query;
      const etag = etagOf(
        JSON.stringify([
          version.forecast_version,
          version.revision,
          format,
          bom,
          filter.grain,
          filter.dealer_id,
          filter.sku_id,
        ]),
      );
      return sendTaggedFile(request, reply, {
        name: `${version.forecast_version}.${format}`,
        media_type: MEDIA_TYPES[format],
        etag,
        content: () => exports.file(version, filter, format, bom !== '0'),
      });
    },
  );
}
