CREATE OR REPLACE VIEW mart_price_compliance {{on_cluster}}
(
    month Date32 COMMENT 'first day of the local month in which the lines were placed',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the values',
    lines UInt64 COMMENT 'order lines placed, each as it was placed first',
    ruled_lines UInt64 COMMENT 'of them with a floor price valid then',
    violations UInt64 COMMENT 'of those below it',
    value Decimal(38, 9) COMMENT 'value of the ruled lines',
    value_below Decimal(38, 9) COMMENT 'value of those below the floor',
    depth_max Nullable(Float64) COMMENT 'largest 1 - unit_price / floor_price of the violations; null without one',
    stability Nullable(Float64) COMMENT '1 - value_below / sales_value: what has no floor price is sold as it should be; null where no line has a floor price or none a value, or where floors of tiers or territories are known but no dealers',
    reason String COMMENT 'why stability is null; empty = it is not',
    sales_value Decimal(38, 9) COMMENT 'value of all lines, with a floor price or without'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- A rule of a tier or a territory is found by the dealer's.
    (SELECT count() = 0 FROM raw_dealers) AND (SELECT count() > 0 FROM raw_prices WHERE tier > 0 OR territory_id != '') AS lacks_dealers,
    placed AS
    (
        SELECT
            toDate32(toStartOfMonth(toDate32(event_time, '{{time_zone}}'))) AS month, dealer_id, currency,
            qty * unit_price AS line_value, floor_price, unit_price,
            isNotNull(floor_price) AS is_ruled, ifNull(unit_price < floor_price, 0) AS is_below
        FROM core_orders
        WHERE stage = 'placed' AND (source, event_id) NOT IN (SELECT source, event_id FROM {{database}}.raw_later_placings(known_at = '2299-12-31', utc_days = []))
    )
SELECT
    month,
    dealer_id,
    currency,
    count() AS lines,
    countIf(is_ruled) AS ruled_lines,
    countIf(is_below) AS violations,
    sumIf(line_value, is_ruled) AS value,
    sumIf(line_value, is_below) AS value_below,
    maxOrNullIf(1 - toFloat64(unit_price) / toFloat64(assumeNotNull(floor_price)), is_below) AS depth_max,
    if(reason = '', 1 - toFloat64(value_below) / toFloat64(sales_value), NULL) AS stability,
    multiIf(lacks_dealers, 'no feed of dealers: nothing is known of which floor held for whom', ruled_lines = 0, 'no floor price was valid for any line', sales_value = 0, 'no line has a value', '') AS reason,
    sum(line_value) AS sales_value
FROM placed
GROUP BY month, dealer_id, currency
COMMENT 'Price compliance of each dealer and month (D6)'
