CREATE OR REPLACE VIEW mart_concentration {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of value',
    products UInt64 COMMENT 'products with a positive net order value in the 90 local days that end today',
    value Decimal(38, 6) COMMENT 'their net order value (placed - cancelled - returned)',
    top_sku_id LowCardinality(Nullable(String)) COMMENT 'the product with the most; null where nothing was bought',
    top1_share Nullable(Float64) COMMENT 'its share of value, 0-1; null where nothing was bought',
    hhi Nullable(Float64) COMMENT 'Herfindahl-Hirschman index: sum of the squared shares, 1/products to 1; null where nothing was bought',
    reason String COMMENT 'why the shares are null; empty = they are not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    bought AS
    (
        SELECT dealer_id, currency, sku_id, greatest(sum(placed_value - cancelled_value - returned_value), toDecimal128(0, 9)) AS net
        FROM mart_sales_days
        WHERE day > today - 90 AND day <= today
        GROUP BY dealer_id, currency, sku_id
    )
SELECT
    dealer_id,
    currency,
    countIf(net > 0) AS products,
    sum(net) AS value,
    if(value > 0, toNullable(argMax(toString(sku_id), (net, sku_id))), NULL) AS top_sku_id,
    if(value > 0, toFloat64(max(net)) / toFloat64(value), NULL) AS top1_share,
    if(value > 0, sum(pow(toFloat64(net), 2)) / pow(toFloat64(value), 2), NULL) AS hhi,
    if(value > 0, '', 'nothing was bought in the window') AS reason
FROM bought
GROUP BY dealer_id, currency
COMMENT 'How much each dealer depends on few products (D11)'
