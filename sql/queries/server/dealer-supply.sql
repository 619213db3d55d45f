-- The products of one dealer: what is available, how long it lasts (the shortest first, those without demand last), and what it makes
-- of the dealer's net order value in 90 days.
-- clickhouse-client --param_dealer_id=D1 --param_limit=30
WITH
    toDate32(now(), {time_zone: String}) AS today,
    bought AS
    (
        SELECT sku_id, toFloat64(sum(placed_value - cancelled_value - returned_value)) AS value
        FROM mart_sales_days
        WHERE dealer_id = {dealer_id: String} AND day > today - 90 AND day <= today
        GROUP BY sku_id
    )
SELECT
    supply.sku_id AS sku_id,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(supply.sku_id), now64(3, 'UTC')), ''), supply.sku_id) AS sku_name,
    toFloat64(available_qty) AS available_qty, daily_demand, demand_basis, days_of_supply,
    if((SELECT sum(value) FROM bought) > 0, ifNull(bought.value, 0) / (SELECT sum(value) FROM bought), NULL) AS value_share
FROM mart_days_of_supply AS supply
LEFT JOIN bought ON bought.sku_id = supply.sku_id
WHERE dealer_id = {dealer_id: String}
ORDER BY days_of_supply ASC NULLS LAST, sku_id
LIMIT {limit: UInt32}
