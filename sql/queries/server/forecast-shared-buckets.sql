-- The buckets that two versions both forecast; first and last are the empty text where there are none.
-- clickhouse-client --param_version=fc-20261124-02 --param_compare=fc-20261124-01 --param_grain=day
SELECT
    toUInt16(count()) AS buckets,
    if(buckets = 0, '', toString(min(bucket_start))) AS first_bucket,
    if(buckets = 0, '', toString(max(bucket_start))) AS last_bucket
FROM
(
    SELECT bucket_start
    FROM raw_mart_forecasts
    WHERE forecast_version IN ({version: String}, {compare: String}) AND bucket_grain = {grain: String}
    GROUP BY bucket_start
    HAVING uniqExact(forecast_version) = 2
)
