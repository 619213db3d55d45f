-- Planned prices of products by the local days on which they hold, planned ones of the future too: the guide price of each price rule in
-- the product's currency, and under rank 0 the list price, for dealers that no rule is about. Of the rules about a dealer the highest
-- rank holds, as it does for floors (core_orders). In the order of time.
-- clickhouse-client --param_time_zone=Asia/Shanghai
WITH now64(3, 'UTC') AS instant
SELECT *
FROM
(
    SELECT
        sku_id,
        toUInt8(multiIf(tier > 0 AND territory_id != '', 4, territory_id != '', 3, tier > 0, 2, 1)) AS rank,
        tier,
        territory_id,
        toInt32(toDate32(valid_from, {time_zone: String})) AS first_day,
        toInt32(toDate32(effective_to - INTERVAL 1 MILLISECOND, {time_zone: String})) AS last_day,
        toFloat64(guide_price) AS price
    FROM core_prices
    WHERE effective_to > valid_from AND guide_price > 0
        AND currency = ifNull(dictGet('raw_product_versions', 'currency', tuple(sku_id), instant), currency)
    UNION ALL
    SELECT
        sku_id, toUInt8(0), toUInt8(0), '',
        toInt32(toDate32(valid_from, {time_zone: String})),
        toInt32(toDate32(effective_to - INTERVAL 1 MILLISECOND, {time_zone: String})),
        toFloat64(list_price)
    FROM core_products
    WHERE effective_to > valid_from AND list_price > 0
)
ORDER BY sku_id, rank, tier, territory_id, first_day
