-- How many versions a day's name has been given to.
-- clickhouse-client --param_prefix=fc-20261124-
SELECT toUInt32(max(toUInt32OrZero(substring(forecast_version, length({prefix: String}) + 1)))) AS last
FROM (SELECT forecast_version FROM raw_mart_forecast_versions UNION ALL SELECT forecast_version FROM raw_mart_forecast_series)
WHERE startsWith(forecast_version, {prefix: String})
