CREATE OR REPLACE VIEW mart_sku_classes {{on_cluster}}
(
    sku_id LowCardinality(String) COMMENT 'the product',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of value; shares are within one currency',
    value Decimal(38, 6) COMMENT 'net order value (placed - cancelled - returned) of the 91 local days before today',
    value_share Nullable(Float64) COMMENT 'its share of all positive values; null where it sold nothing',
    abc LowCardinality(String) COMMENT 'A: the products that make the first 80 % of value, B: up to 95 %, C: the rest',
    weekly_mean Float64 COMMENT 'mean of its net quantity in the 13 weeks',
    variation Nullable(Float64) COMMENT 'standard deviation / mean of the 13 weekly quantities; null without demand',
    xyz LowCardinality(Nullable(String)) COMMENT 'X: variation up to 0.5, Y: up to 1, Z: above; null without demand',
    reason String COMMENT 'why a column is null; empty = none is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    skus AS
    (
        SELECT
            sku_id, currency,
            sum(placed_value - cancelled_value - returned_value) AS net,
            arrayMap(w -> toFloat64(w), sumForEach(arrayMap(i -> if(i = intDiv(dateDiff('day', day, today) - 1, 7), placed_qty - cancelled_qty, toDecimal128(0, 3)), range(13)))) AS weeks
        FROM mart_sales_days
        WHERE day >= today - 91 AND day < today
        GROUP BY sku_id, currency
    ),
    ranked AS
    (
        SELECT
            *,
            sum(greatest(toFloat64(net), 0)) OVER (PARTITION BY currency) AS whole,
            -- What the products above it make: the one that crosses a bound still belongs to the class.
            sum(greatest(toFloat64(net), 0)) OVER (PARTITION BY currency ORDER BY net DESC, sku_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - greatest(toFloat64(net), 0) AS above
        FROM skus
    )
SELECT
    sku_id,
    currency,
    net AS value,
    if(net > 0, toFloat64(net) / whole, NULL) AS value_share,
    multiIf(net <= 0, 'C', above < 0.8 * whole, 'A', above < 0.95 * whole, 'B', 'C') AS abc,
    arrayAvg(weeks) AS weekly_mean,
    if(weekly_mean > 0, sqrt(arrayAvg(arrayMap(w -> pow(w - arrayAvg(weeks), 2), weeks))) / weekly_mean, NULL) AS variation,
    if(weekly_mean > 0, toNullable(multiIf(variation <= 0.5, 'X', variation <= 1, 'Y', 'Z')), NULL) AS xyz,
    multiIf(weekly_mean <= 0, 'no demand in the window', net <= 0, 'as much came back as was ordered', '') AS reason
FROM ranked
COMMENT 'Products by value (ABC) and by how their demand varies (XYZ), over 13 weeks (D2)'
