-- Placings of the order lines that were placed more than once: few rows, by which what counts a line once finds the placings that are not its first.
CREATE TABLE IF NOT EXISTS raw_mart_lines_placed_again {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order' CODEC(ZSTD(1)),
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    placed_at DateTime64(3, 'UTC') COMMENT 'when it was placed, the first time or again',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the line no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (dealer_id, order_id, line_no, placed_at)
COMMENT 'Placings of order lines that were placed more than once, out of raw_mart_order_lines. Read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_order_lines_to_placed_again {{on_cluster}}
TO raw_mart_lines_placed_again
AS SELECT dealer_id, order_id, line_no, entered AS placed_at, version, is_deleted
FROM raw_mart_order_lines
ARRAY JOIN stages AS entered_stage, entered_at AS entered
WHERE entered_stage = 'placed' AND countEqual(stages, 'placed') > 1
COMMENT 'Copies placings of lines placed more than once from raw_mart_order_lines to raw_mart_lines_placed_again';
