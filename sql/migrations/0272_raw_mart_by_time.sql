-- Rows of the marts once more, in the order of a time: a figure about the last weeks then reads those weeks, not all history. Each insert into
-- a mart is copied by a view, also the rows that end former ones; what an interrupted copy has left behind is put right before the next run.

CREATE TABLE IF NOT EXISTS raw_mart_order_moments {{on_cluster}}
(
    moment LowCardinality(String) COMMENT 'what at_day is about: placed, shipped (its first part) or due',
    at_day Date32 COMMENT 'UTC day of placing or of the first shipment; due: the day after requested_date, else seven days after placing',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order' CODEC(ZSTD(1)),
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of its money',
    ordered_qty Decimal(18, 3) COMMENT 'quantity placed; of the first event while the placing is not known',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit when placed',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when it did not say',
    placed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was placed; null while that event has not come',
    first_shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when its first part was shipped; null = not yet',
    stages Array(LowCardinality(String)) COMMENT 'the stages that it entered, in order of time',
    entered_at Array(DateTime64(3, 'UTC')) COMMENT 'when it entered each of them',
    entered_qty Array(Decimal(18, 3)) COMMENT 'quantity that entered each of them',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the line no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (moment, at_day, dealer_id, order_id, line_no)
COMMENT 'Storage of mart_order_moments. Read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_order_lines_to_moments {{on_cluster}}
TO raw_mart_order_moments
AS SELECT
    m.1 AS moment, assumeNotNull(m.2) AS at_day,
    dealer_id, order_id, line_no, currency, ordered_qty, unit_price, requested_date, placed_at, first_shipped_at, stages, entered_at, entered_qty,
    version, is_deleted
FROM raw_mart_order_lines
ARRAY JOIN arrayFilter(one -> isNotNull(one.2),
[
    ('placed', toDate32(placed_at)),
    ('shipped', toDate32(first_shipped_at)),
    ('due', if(isNull(placed_at), NULL, coalesce(requested_date + 1, toDate32(placed_at) + 7)))
]) AS m
COMMENT 'Copies each insert into raw_mart_order_lines to raw_mart_order_moments';

CREATE TABLE IF NOT EXISTS raw_mart_order_visits {{on_cluster}}
(
    until_day Date32 COMMENT 'UTC day on which the visit ended; 2299-12-31 while it goes on; of a visit that is the end of a line, the day of its last event',
    last_day Date32 COMMENT 'UTC day of the last event of the line',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order' CODEC(ZSTD(1)),
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    visit_no UInt32 COMMENT 'place of the visit in the way of the line, from 1',
    stage LowCardinality(String) COMMENT 'the stage',
    entered_at DateTime64(3, 'UTC') COMMENT 'when the visit began',
    left_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it ended; null = it has not',
    last_event_time DateTime64(3, 'UTC') COMMENT 'last event of the line',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the line no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (until_day, last_day, dealer_id, order_id, line_no, visit_no)
COMMENT 'Visits of stages by the time of their end, out of raw_mart_order_lines. Read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_order_lines_to_visits {{on_cluster}}
TO raw_mart_order_visits
AS SELECT
    multiIf(isNotNull(visit_until), toDate32(assumeNotNull(visit_until)), visit_stage IN ('delivered', 'cancelled', 'returned'), toDate32(last_event_time), toDate32('2299-12-31')) AS until_day,
    toDate32(last_event_time) AS last_day,
    dealer_id, order_id, line_no, visit_no, visit_stage AS stage, visit_from AS entered_at, visit_until AS left_at, last_event_time,
    version, is_deleted
FROM raw_mart_order_lines
ARRAY JOIN visited AS visit_stage, visited_from AS visit_from, visited_until AS visit_until, arrayEnumerate(visited) AS visit_no
COMMENT 'Copies each insert into raw_mart_order_lines to raw_mart_order_visits';

CREATE TABLE IF NOT EXISTS raw_mart_code_shipments {{on_cluster}}
(
    shipped_day Date32 COMMENT 'UTC day of the first shipment of the code to a dealer',
    code String COMMENT 'the code' CODEC(ZSTD(1)),
    first_shipped_at DateTime64(3, 'UTC') COMMENT 'its first shipment to a dealer',
    seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first scan at or after receiving that follows; null = none',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the code no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (shipped_day, code)
COMMENT 'Storage of mart_code_shipments. Read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}}
TO raw_mart_code_shipments
AS SELECT toDate32(shipped_at[1]) AS shipped_day, code, shipped_at[1] AS first_shipped_at, seen_at, version, is_deleted
FROM raw_mart_code_journeys
WHERE notEmpty(shipped_at)
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_shipments';

-- The newest times of a feed only rise, however often a row comes: nothing has to be ended here.
CREATE TABLE IF NOT EXISTS raw_mart_feeds {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the events',
    source LowCardinality(String) COMMENT 'the feed',
    last_event_time SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'newest event_time',
    last_ingested_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'newest arrival'
)
ENGINE = {{engine_everywhere:AggregatingMergeTree}}
ORDER BY (event_type, source)
COMMENT 'How far each feed has come, out of raw_mart_feed_arrivals. Read with GROUP BY';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_feed_arrivals_to_feeds {{on_cluster}}
TO raw_mart_feeds
AS SELECT event_type, source, max(arrivals.last_event_time) AS last_event_time, max(arrivals.last_ingested_at) AS last_ingested_at
FROM raw_mart_feed_arrivals AS arrivals
GROUP BY event_type, source
COMMENT 'Keeps raw_mart_feeds';
