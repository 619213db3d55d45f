-- Two versions side by side over the buckets that both forecast: sums of means and of planned units by level ('total', 'category', 'dealer',
-- 'sku'), the largest change first, from a position on. What only one of them has is null in the other. The change is the larger of the two
-- differences, in whole thousandths, so that pages join up.
-- clickhouse-client --param_version=fc-20261124-02 --param_compare=fc-20261124-01 --param_grain=day --param_level=dealer --param_after=0 --param_limit=50
WITH
    both AS
    (
        SELECT bucket_start
        FROM raw_mart_forecasts
        WHERE forecast_version IN ({version: String}, {compare: String}) AND bucket_grain = {grain: String}
        GROUP BY bucket_start
        HAVING uniqExact(forecast_version) = 2
    ),
    -- Summed before the names are joined: one row a dealer and product of each version.
    series AS
    (
        SELECT forecast_version, dealer_id, sku_id, sum(toFloat64(mean)) AS mean_sum, sum(final_qty) AS final_sum
        FROM mart_forecasts
        WHERE forecast_version IN ({version: String}, {compare: String}) AND bucket_grain = {grain: String} AND bucket_start IN (SELECT bucket_start FROM both)
        GROUP BY forecast_version, dealer_id, sku_id
    ),
    sums AS
    (
        WITH f.forecast_version = {version: String} AS is_first
        SELECT
            multiIf({level: String} = 'dealer', toString(f.dealer_id), {level: String} = 'sku', toString(f.sku_id), {level: String} = 'category', toString(s.category), '') AS id,
            multiIf({level: String} = 'dealer', any(s.dealer_name), {level: String} = 'sku', any(s.sku_name), id) AS name,
            sumIf(f.mean_sum, is_first) AS mean_of_first,
            sumIf(f.final_sum, is_first) AS final_of_first,
            sumIf(f.mean_sum, NOT is_first) AS mean_of_other,
            sumIf(f.final_sum, NOT is_first) AS final_of_other,
            countIf(is_first) AS rows,
            countIf(NOT is_first) AS other_rows
        FROM series AS f
        INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
        WHERE s.forecast_version IN ({version: String}, {compare: String})
        GROUP BY id
    )
SELECT
    id, name,
    if(rows > 0, toNullable(mean_of_first), NULL) AS mean,
    if(other_rows > 0, toNullable(mean_of_other), NULL) AS compare_mean,
    mean - compare_mean AS mean_difference,
    if(compare_mean > 0, mean_difference / compare_mean, NULL) AS mean_ratio,
    if(rows > 0, toNullable(final_of_first), NULL) AS final_qty,
    if(other_rows > 0, toNullable(final_of_other), NULL) AS compare_final_qty,
    final_qty - compare_final_qty AS final_difference,
    if(compare_final_qty > 0, final_difference / compare_final_qty, NULL) AS final_ratio
FROM sums
ORDER BY round(1000 * greatest(abs(mean_of_first - mean_of_other), abs(final_of_first - final_of_other))) DESC, sums.id
LIMIT {limit: UInt32} OFFSET {after: UInt32}
