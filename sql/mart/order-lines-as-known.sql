-- The function from order events to order lines: mart_order_lines keeps what it says of all that is known.
-- SELECT * FROM mart_order_lines_as_known(known_at = '2026-11-24 12:00:00', first_day = '2026-01-01', last_day = '2026-12-31')
CREATE OR REPLACE VIEW mart_order_lines_as_known {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order',
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    sku_id String COMMENT 'the product ordered',
    currency String COMMENT 'ISO 4217 currency of its money',
    channel String COMMENT 'the way in which it was ordered',
    ordered_qty Decimal(18, 3) COMMENT 'quantity placed, the first time where it was placed again; of the first event while the placing is not known',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit when placed',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when it did not say',
    placed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was placed, the first time; null while that event has not come',
    first_shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when its first part was shipped; null = not yet',
    stage String COMMENT 'the stage that it stands in',
    stage_since DateTime64(3, 'UTC') COMMENT 'when it entered that stage',
    reworks UInt64 COMMENT 'its events of rework; the same again within one visit counts too',
    revisited Bool COMMENT 'whether it entered a stage again after another',
    expedited Bool COMMENT 'whether any event of it says emergency freight',
    stages Array(String) COMMENT 'the stages that it entered, in order of time',
    entered_at Array(DateTime64(3, 'UTC')) COMMENT 'when it entered each of them',
    entered_qty Array(Decimal(18, 3)) COMMENT 'quantity that entered each of them',
    visited Array(String) COMMENT 'the stages as visits: the same stage again (a second part shipped) goes on with the visit',
    visited_from Array(DateTime64(3, 'UTC')) COMMENT 'when each visit began',
    visited_until Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'when each visit ended; null = it has not',
    first_event_time DateTime64(3, 'UTC') COMMENT 'its first event',
    last_event_time DateTime64(3, 'UTC') COMMENT 'its last event'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- Of two events of one instant the one further on in the life of a line counts as the later.
    ['placed', 'confirmed', 'rework', 'finance_review', 'approved', 'allocated', 'shipped', 'delivered', 'cancelled', 'returned'] AS life,
    events AS
    (
        SELECT
            dealer_id, order_id, line_no, sku_id, currency, channel, qty, unit_price, requested_date, expedited, stage, event_time,
            -- Sorts as (event_time, place in the life, source, event_id) does: one text is compared and kept many times faster than a tuple.
            concat(
                reinterpretAsFixedString(byteSwap(16 * toUInt64(toUnixTimestamp64Milli(event_time)) + indexOf(life, stage))),
                source, '\0', event_id) AS place
        FROM core_orders
        WHERE toDate(event_time) BETWEEN {first_day: Date32} AND {last_day: Date32} AND ingested_at <= {known_at: DateTime64(3, 'UTC')}
    ),
    lines AS
    (
        SELECT
            dealer_id,
            order_id,
            line_no,
            -- What was ordered is told by the placing; while that has not come, by the first event that has.
            argMin((sku_id, currency, channel, qty, unit_price, requested_date), concat(if(stage = 'placed', '0', '1'), place)) AS placing,
            minOrNullIf(event_time, stage = 'placed') AS placed_at,
            minOrNullIf(event_time, stage = 'shipped') AS first_shipped_at,
            countIf(stage = 'rework') AS reworks,
            max(coalesce(expedited, false)) AS any_expedited,
            groupArray(place) AS places,
            arraySort((one, at) -> at, groupArray(toString(stage)), places) AS stages,
            arraySort(groupArray(event_time)) AS entered_at,
            arraySort((one, at) -> at, groupArray(qty), places) AS entered_qty
        FROM events
        GROUP BY dealer_id, order_id, line_no
    ),
    paths AS
    (
        SELECT
            * EXCEPT places,
            -- Whether a visit of a stage begins: the same stage again (a second part shipped) goes on with it.
            arrayMap((i, stage, before) -> i = 1 OR stage != before, arrayEnumerate(stages), stages, arrayPushFront(arrayPopBack(stages), '')) AS begins,
            arrayFilter((stage, begin) -> begin, stages, begins) AS visited,
            arrayFilter((at, begin) -> begin, entered_at, begins) AS visited_from
        FROM lines
    )
SELECT
    dealer_id, order_id, line_no, placing.1 AS sku_id, placing.2 AS currency, placing.3 AS channel, placing.4 AS ordered_qty,
    placing.5 AS unit_price, placing.6 AS requested_date, placed_at,
    first_shipped_at, stages[-1] AS stage, visited_from[-1] AS stage_since, reworks,
    toBool(length(visited) > length(arrayDistinct(stages))) AS revisited, any_expedited AS expedited,
    stages, entered_at, entered_qty,
    visited,
    visited_from,
    arrayPushBack(arrayMap(at -> toNullable(at), arrayPopFront(visited_from)), NULL) AS visited_until,
    entered_at[1] AS first_event_time, entered_at[-1] AS last_event_time
FROM paths
COMMENT 'Order lines as they were known at known_at, out of the events of the UTC days first_day to last_day that had been written here by then'
