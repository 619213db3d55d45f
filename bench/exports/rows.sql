-- Its rows: 28 days and 12 weeks of each series, 40 a series.
INSERT INTO raw_mart_forecasts (forecast_version, bucket_grain, dealer_id, sku_id, horizon_step, bucket_start, mean, p10, p50, p90, p95, naive)
WITH
    intDiv(number, 40) AS series,
    number % 40 AS step,
    (cityHash64(number) % 100000) / 1000 AS level
SELECT
    {version: String} AS forecast_version,
    if(step < 28, 'day', 'week') AS bucket_grain,
    concat('D', leftPad(toString(intDiv(series, {skus: UInt32})), 5, '0')) AS dealer_id,
    leftPad(toString(series % {skus: UInt32}), 6, '0') AS sku_id,
    if(step < 28, step + 1, step - 27) AS horizon_step,
    toDate32('2026-11-24') + if(step < 28, step, (step - 28) * 7) AS bucket_start,
    level AS mean,
    level * 0.5 AS p10,
    level * 0.9 AS p50,
    level * 1.6 AS p90,
    level * 2 AS p95,
    level * 1.1 AS naive
FROM numbers({dealers: UInt64} * {skus: UInt64} * 40)
