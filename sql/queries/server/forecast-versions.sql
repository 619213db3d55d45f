-- Forecast versions, the last one first: one by its name ('' = all, 'latest' = the last one), or those before a name.
-- clickhouse-client --param_version= --param_before= --param_limit=50
WITH (SELECT argMax(forecast_version, (generated_at, forecast_version)) FROM mart_forecast_versions) AS latest
SELECT
    v.forecast_version AS forecast_version, as_of, generated_at, seed, series, days, weeks, choices, accuracy,
    forecast_version = latest AS is_latest,
    ifNull((SELECT max(revision) FROM mart_forecast_overrides AS o WHERE o.forecast_version = v.forecast_version), 0) AS revision
FROM mart_forecast_versions AS v
WHERE ({version: String} = '' OR v.forecast_version = if({version: String} = 'latest', latest, {version: String}))
    AND ({before: String} = '' OR (generated_at, v.forecast_version) < (SELECT (generated_at, forecast_version) FROM mart_forecast_versions WHERE forecast_version = {before: String}))
ORDER BY generated_at DESC, v.forecast_version DESC
LIMIT {limit: UInt32}
