CREATE OR REPLACE VIEW mart_order_lines {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order',
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    sku_id LowCardinality(String) COMMENT 'the product ordered',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of its money',
    channel LowCardinality(String) COMMENT 'the way in which it was ordered',
    ordered_qty Decimal(18, 3) COMMENT 'quantity placed, the first time where it was placed again; of the first event while the placing is not known',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit when placed',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when it did not say',
    placed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was placed, the first time; null while that event has not come',
    first_shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when its first part was shipped; null = not yet',
    stage LowCardinality(String) COMMENT 'the stage that it stands in',
    stage_since DateTime64(3, 'UTC') COMMENT 'when it entered that stage',
    reworks UInt32 COMMENT 'its events of rework; the same again within one visit counts too',
    revisited Bool COMMENT 'whether it entered a stage again after another',
    expedited Bool COMMENT 'whether any event of it says emergency freight',
    stages Array(LowCardinality(String)) COMMENT 'the stages that it entered, in order of time',
    entered_at Array(DateTime64(3, 'UTC')) COMMENT 'when it entered each of them',
    entered_qty Array(Decimal(18, 3)) COMMENT 'quantity that entered each of them',
    visited Array(LowCardinality(String)) COMMENT 'the stages as visits: the same stage again (a second part shipped) goes on with the visit',
    visited_from Array(DateTime64(3, 'UTC')) COMMENT 'when each visit began',
    visited_until Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'when each visit ended; null = it has not',
    first_event_time DateTime64(3, 'UTC') COMMENT 'its first event',
    last_event_time DateTime64(3, 'UTC') COMMENT 'its last event',
    on_order_qty Decimal(38, 3) COMMENT 'units still to be shipped: ordered_qty less what was cancelled and shipped, never below 0. What was delivered or returned was shipped, also where no event says so',
    in_transit_qty Decimal(38, 3) COMMENT 'units shipped and not delivered, never below 0. What was returned was delivered, also where no event says so'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    arraySum(arrayMap((at_stage, part) -> if(at_stage = 'shipped', part, toDecimal64(0, 3)), stages, entered_qty)) AS parts_shipped,
    greatest(
        arraySum(arrayMap((at_stage, part) -> if(at_stage = 'delivered', part, toDecimal64(0, 3)), stages, entered_qty)),
        arraySum(arrayMap((at_stage, part) -> if(at_stage = 'returned', part, toDecimal64(0, 3)), stages, entered_qty))) AS parts_arrived,
    arraySum(arrayMap((at_stage, part) -> if(at_stage = 'cancelled', part, toDecimal64(0, 3)), stages, entered_qty)) AS parts_cancelled
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
    visited,
    visited_from,
    visited_until,
    first_event_time,
    last_event_time,
    greatest(toDecimal128(0, 3), toDecimal128(ordered_qty, 3) - parts_cancelled - greatest(parts_shipped, parts_arrived)) AS on_order_qty,
    greatest(toDecimal128(0, 3), parts_shipped - parts_arrived) AS in_transit_qty
FROM raw_mart_order_lines FINAL
COMMENT 'One row per order line, folded from all its events: what was ordered, where it stands, its way through the stages (D4, D9, D20)'
