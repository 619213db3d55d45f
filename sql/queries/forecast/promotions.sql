-- Promotions as they are known: products, territories (empty = all), local days and discount. Planned ones are known before they begin.
-- clickhouse-client --param_time_zone=Asia/Shanghai
SELECT
    sku_ids,
    territory_ids,
    toInt32(toDate32(starts, {time_zone: String})) AS first_day,
    toInt32(toDate32(ends - INTERVAL 1 MILLISECOND, {time_zone: String})) AS last_day,
    toFloat64(discount_pct) AS discount_pct
FROM core_promotions
WHERE effective_to > now64(3, 'UTC')
