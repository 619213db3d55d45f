-- Which state of the exports there is to deliver: the last version, its overrides, the last decision on any suggestion and the newest suggestion. No row = no forecast yet.
-- clickhouse-client
SELECT
    forecast_version,
    (SELECT max(revision) FROM mart_forecast_overrides AS o WHERE o.forecast_version = v.forecast_version) AS revision,
    (SELECT max(decided_at) FROM mart_replenishment) AS order_decided_at,
    (SELECT max(decided_at) FROM mart_transfers) AS transfer_decided_at,
    (SELECT max(created_at) FROM mart_replenishment) AS suggested_at,
    (SELECT max(created_at) FROM mart_transfers) AS transfers_suggested_at
FROM mart_forecast_versions AS v
ORDER BY generated_at DESC, forecast_version DESC
LIMIT 1
