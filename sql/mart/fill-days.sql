CREATE OR REPLACE VIEW mart_fill_days {{on_cluster}}
(
    due_day Date32 COMMENT 'local day on which the lines fell due: their requested_date, or 7 days after they were placed',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    ordered_qty Decimal(38, 3) COMMENT 'quantity that fell due',
    filled_qty Decimal(38, 3) COMMENT 'sum over the lines of min(ordered, shipped on time)',
    fill_rate Float64 COMMENT 'filled_qty / ordered_qty, 0-1'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH lines AS
    (
        SELECT
            dealer_id, sku_id, raw_mart_order_lines.ordered_qty AS qty,
            if(requested_date IS NULL, placed_at + INTERVAL 7 DAY, toDateTime64(toString(requested_date + 1), 3, '{{time_zone}}')) AS due_at,
            if(requested_date IS NULL, toDate32(assumeNotNull(placed_at) + INTERVAL 7 DAY, '{{time_zone}}'), assumeNotNull(requested_date)) AS due_day,
            arraySum(arrayMap((stage, at, part) -> if(stage = 'shipped' AND at < due_at, part, toDecimal64(0, 3)), stages, entered_at, entered_qty)) AS on_time
        FROM raw_mart_order_lines FINAL
        WHERE placed_at IS NOT NULL
    )
SELECT
    due_day,
    dealer_id,
    sku_id,
    sum(qty) AS ordered_qty,
    sum(least(toDecimal128(qty, 3), toDecimal128(on_time, 3))) AS filled_qty,
    toFloat64(filled_qty) / toFloat64(ordered_qty) AS fill_rate
FROM lines
GROUP BY due_day, dealer_id, sku_id
COMMENT 'Fill rate by the day that order lines fell due (D9). Days ahead are not over yet'
