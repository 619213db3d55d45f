-- How many rows the exports of a version have, when the last decision on one of its suggestions was made, and when the newest of them was (null = none).
-- clickhouse-client --param_version=fc-20261124-01
SELECT
    (SELECT count() FROM mart_forecasts WHERE forecast_version = {version: String}) AS forecast,
    (SELECT count() FROM mart_replenishment WHERE forecast_version = {version: String}) AS replenishment,
    (SELECT count() FROM mart_transfers WHERE forecast_version = {version: String}) AS transfers,
    (
        SELECT max(decided_at)
        FROM
        (
            SELECT decided_at FROM mart_replenishment WHERE forecast_version = {version: String}
            UNION ALL
            SELECT decided_at FROM mart_transfers WHERE forecast_version = {version: String}
        )
    ) AS suggestions_decided_at,
    (
        SELECT maxOrNull(created_at)
        FROM
        (
            SELECT created_at FROM mart_replenishment WHERE forecast_version = {version: String}
            UNION ALL
            SELECT created_at FROM mart_transfers WHERE forecast_version = {version: String}
        )
    ) AS suggested_at
