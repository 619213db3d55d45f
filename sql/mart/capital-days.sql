CREATE OR REPLACE VIEW mart_capital_days {{on_cluster}}
(
    day Date32 COMMENT 'local day, of the 90 that end today',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of capital',
    capital Decimal(38, 6) COMMENT 'on_hand x unit_cost at the end of the day by the last snapshots (at most 35 days old): the capital tied up'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    spans AS
    (
        SELECT
            dealer_id, currency, value, day AS from_day,
            least(day + 35, today + 1, leadInFrame(day, 1, today + 1) OVER (PARTITION BY sku_id, dealer_id, location_id ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS until_day
        FROM mart_stock_days
        WHERE day > today - 90 - 35 AND day <= today
    )
SELECT
    arrayJoin(arrayMap(i -> from_day + i, range(toUInt64(greatest(0, dateDiff('day', from_day, until_day)))))) AS day,
    dealer_id,
    currency,
    sum(value) AS capital
FROM spans
WHERE day > today - 90
GROUP BY day, dealer_id, currency
COMMENT 'Capital tied up in stock, day by day (D13)'
