CREATE OR REPLACE VIEW mart_order_lines {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order',
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    sku_id LowCardinality(String) COMMENT 'the product ordered',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of its money',
    channel LowCardinality(String) COMMENT 'the way in which it was ordered',
    ordered_qty Decimal(18, 3) COMMENT 'quantity placed; of the first event while the placing is not known',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit when placed',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when it did not say',
    placed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was placed; null while that event has not come',
    first_shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when its first part was shipped; null = not yet',
    stage LowCardinality(String) COMMENT 'the stage that it stands in',
    stage_since DateTime64(3, 'UTC') COMMENT 'when it entered that stage',
    reworks UInt32 COMMENT 'how often it entered rework',
    revisited Bool COMMENT 'whether it entered a stage again after another',
    expedited Bool COMMENT 'whether any event of it says emergency freight',
    stages Array(LowCardinality(String)) COMMENT 'the stages that it entered, in order of time',
    entered_at Array(DateTime64(3, 'UTC')) COMMENT 'when it entered each of them',
    entered_qty Array(Decimal(18, 3)) COMMENT 'quantity that entered each of them',
    first_event_time DateTime64(3, 'UTC') COMMENT 'its first event',
    last_event_time DateTime64(3, 'UTC') COMMENT 'its last event'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    dealer_id,
    order_id,
    line_no,
    sku_id,
    currency,
    channel,
    ordered_qty,
    unit_price,
    requested_date,
    placed_at,
    first_shipped_at,
    stage,
    stage_since,
    reworks,
    revisited,
    expedited,
    stages,
    entered_at,
    entered_qty,
    first_event_time,
    last_event_time
FROM raw_mart_order_lines FINAL
COMMENT 'One row per order line, folded from all its events: what was ordered, where it stands, its way through the stages (D4, D9, D20)'
