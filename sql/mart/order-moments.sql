CREATE OR REPLACE VIEW mart_order_moments {{on_cluster}}
(
    moment LowCardinality(String) COMMENT 'what at_day is about: placed, shipped (its first part) or due',
    at_day Date32 COMMENT 'UTC day of placing or of the first shipment; due: the day after requested_date, else seven days after placing',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order',
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of its money',
    ordered_qty Decimal(18, 3) COMMENT 'quantity placed; of the first event while the placing is not known',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit when placed',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when it did not say',
    placed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was placed; null while that event has not come',
    first_shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when its first part was shipped; null = not yet',
    stages Array(LowCardinality(String)) COMMENT 'the stages that it entered, in order of time',
    entered_at Array(DateTime64(3, 'UTC')) COMMENT 'when it entered each of them',
    entered_qty Array(Decimal(18, 3)) COMMENT 'quantity that entered each of them'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    moment,
    at_day,
    dealer_id,
    order_id,
    line_no,
    currency,
    ordered_qty,
    unit_price,
    requested_date,
    placed_at,
    first_shipped_at,
    stages,
    entered_at,
    entered_qty
FROM raw_mart_order_moments FINAL
COMMENT 'Order lines by the day on which they were placed, first shipped or due, up to three rows a line: with moment and at_day given, only those days are read'
