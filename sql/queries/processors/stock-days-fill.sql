-- Fills the emptied mart with the local days from `first_day` to `last_day`: each lies within three UTC days.
-- clickhouse-client --param_version=1 --param_first_day=2026-11-01 --param_last_day=2026-11-30
INSERT INTO raw_mart_stock_days
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM mart_stock_days_as_known(known_at = '2299-12-31', first_day = {first_day: Date32} - 1, last_day = {last_day: Date32} + 1)
WHERE day BETWEEN {first_day: Date32} AND {last_day: Date32}
