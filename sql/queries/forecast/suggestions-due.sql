-- The last forecast version, how many overrides of it there are, and whether suggestions are to be made from it: the last run that came to its
-- end was of another version, had seen fewer overrides, began before a transfer was last decided on, or began so many hours ago. No forecast yet: ''.
-- clickhouse-client --param_hours_max=6
WITH
    (SELECT argMax(forecast_version, (generated_at, forecast_version)) FROM mart_forecast_versions) AS latest,
    (SELECT argMax((forecast_version, overrides, created_at), created_at) FROM raw_mart_suggestion_runs) AS last_run,
    (SELECT count() FROM raw_mart_forecast_overrides WHERE forecast_version = latest) AS overrides_now
SELECT
    latest AS forecast_version,
    overrides_now AS overrides,
    toBool(latest != '' AND (
        last_run.1 != latest
        OR last_run.2 < overrides_now
        OR last_run.3 <= (SELECT max(decided_at) FROM raw_mart_suggestion_decisions WHERE startsWith(suggestion_id, 'tr:'))
        OR last_run.3 <= now64(3, 'UTC') - toIntervalHour({hours_max: UInt32}))) AS is_due
