CREATE OR REPLACE VIEW mart_freight {{on_cluster}}
(
    month Date32 COMMENT 'first day of the local month in which the order lines began; an order with lines of two months counts in each',
    supplied_by LowCardinality(String) COMMENT 'who supplies: a dealer or HQ; empty = not known. With dealer_id it is the lane',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the freight',
    orders UInt64 COMMENT 'orders',
    expedited_orders UInt64 COMMENT 'of them with a line that went by emergency freight',
    expedited_share Float64 COMMENT 'expedited_orders / orders, 0-1',
    freight Decimal(38, 6) COMMENT 'freight of all lines',
    expedited_freight Decimal(38, 6) COMMENT 'freight of the lines that went by emergency freight',
    usual_unit_freight Nullable(Float64) COMMENT 'median freight per unit of the lane''s other lines, of all months; null where there is none',
    premium Nullable(Float64) COMMENT 'expedited_freight less the lane''s usual freight for the same units; null where it is not known',
    reason String COMMENT 'why premium is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    lines AS
    (
        SELECT
            dealer_id, order_id, line_no, currency,
            ifNull(argMin(core_orders.supplied_by, event_time), '') AS lane_from,
            toDate32(toStartOfMonth(toDate32(min(event_time), '{{time_zone}}'))) AS month,
            argMin(qty, (stage != 'placed', event_time)) AS units,
            max(freight_cost) AS cost,
            max(ifNull(expedited, false)) AS is_expedited
        FROM core_orders
        GROUP BY dealer_id, order_id, line_no, currency
    ),
    usual AS
    (
        SELECT lane_from, dealer_id, currency, quantileExactInclusive(0.5)(toFloat64(cost) / toFloat64(units)) AS unit_cost
        FROM lines
        WHERE NOT is_expedited AND cost IS NOT NULL
        GROUP BY lane_from, dealer_id, currency
    ),
    months AS
    (
        SELECT
            month, lane_from, dealer_id, currency,
            uniqExact(order_id) AS order_count, uniqExactIf(order_id, is_expedited) AS expedited_count,
            sum(ifNull(cost, 0)) AS all_freight, sumIf(ifNull(cost, 0), is_expedited) AS fast_freight,
            sumIf(toFloat64(units), is_expedited AND cost IS NOT NULL) AS fast_units, countIf(is_expedited AND cost IS NOT NULL) AS fast_lines
        FROM lines
        GROUP BY month, lane_from, dealer_id, currency
    )
SELECT
    months.month AS month,
    months.lane_from AS supplied_by,
    months.dealer_id AS dealer_id,
    months.currency AS currency,
    order_count AS orders,
    expedited_count AS expedited_orders,
    expedited_count / order_count AS expedited_share,
    all_freight AS freight,
    fast_freight AS expedited_freight,
    if(usual.dealer_id = '', NULL, toNullable(usual.unit_cost)) AS usual_unit_freight,
    if(fast_lines > 0, toFloat64(fast_freight) - usual_unit_freight * fast_units, NULL) AS premium,
    multiIf(fast_lines = 0, 'no freight of an expedited line is known', usual_unit_freight IS NULL, 'no usual freight of the lane is known', '') AS reason
FROM months
LEFT JOIN usual ON usual.lane_from = months.lane_from AND usual.dealer_id = months.dealer_id AND usual.currency = months.currency
COMMENT 'Emergency freight by lane and month (D5): how often, and what it costs above the usual'
