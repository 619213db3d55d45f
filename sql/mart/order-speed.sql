CREATE OR REPLACE VIEW mart_order_speed {{on_cluster}}
(
    placed_day Date32 COMMENT 'local day on which the lines were placed',
    lines UInt64 COMMENT 'order lines placed',
    shipped_lines UInt64 COMMENT 'of them first shipped by now, not before they were placed (clocks that disagree tell no speed)',
    cycle_p50_h Nullable(Float64) COMMENT 'median hours from placed to first shipped of those; null while there is none',
    cycle_p90_h Nullable(Float64) COMMENT '90th percentile of the same',
    orders UInt64 COMMENT 'orders of those lines',
    reworked_orders UInt64 COMMENT 'orders with a line that went into rework or revisited a stage',
    rework_share Float64 COMMENT 'reworked_orders / orders, 0-1',
    first_pass_yield Float64 COMMENT '1 - rework_share',
    reason String COMMENT 'why the hours are null; empty = they are not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    toDate32(assumeNotNull(placed_at), '{{time_zone}}') AS placed_day,
    count() AS lines,
    countIf(first_shipped_at >= placed_at) AS shipped_lines,
    quantileExactInclusiveOrNullIf(0.5)(dateDiff('millisecond', placed_at, first_shipped_at) / 3600000, first_shipped_at >= placed_at) AS cycle_p50_h,
    quantileExactInclusiveOrNullIf(0.9)(dateDiff('millisecond', placed_at, first_shipped_at) / 3600000, first_shipped_at >= placed_at) AS cycle_p90_h,
    uniqExact(dealer_id, order_id) AS orders,
    uniqExactIf((dealer_id, order_id), reworks > 0 OR revisited) AS reworked_orders,
    reworked_orders / orders AS rework_share,
    1 - rework_share AS first_pass_yield,
    multiIf(shipped_lines > 0, '', countIf(first_shipped_at IS NOT NULL) > 0, 'those shipped were shipped before they were placed', 'none of them was shipped yet') AS reason
FROM raw_mart_order_lines FINAL
WHERE placed_at IS NOT NULL
GROUP BY placed_day
COMMENT 'Speed of orders by the day they were placed (D4)'
