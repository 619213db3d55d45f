CREATE OR REPLACE VIEW mart_order_stages {{on_cluster}}
(
    stage LowCardinality(String) COMMENT 'the stage',
    open_lines UInt64 COMMENT 'order lines that stand in it now, for at most 180 days; 0 for the ends delivered, cancelled, returned',
    visits_28d UInt64 COMMENT 'visits that ended in the last 28 days',
    age_p50_s Nullable(Float64) COMMENT 'median dwell of those visits and of the open ones so far, seconds; null without one, and for the ends: who is delivered waits for nobody',
    age_p90_s Nullable(Float64) COMMENT '90th percentile of the same',
    total_dwell_s Float64 COMMENT 'sum of the same; its share of all stages is the dwell share'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    visits AS
    (
        SELECT
            line_stage,
            line_stage NOT IN ('delivered', 'cancelled', 'returned') AS is_on_the_way,
            is_on_the_way AND left_at IS NULL AS is_open,
            greatest(0, dateDiff('millisecond', entered, ifNull(left_at, now_at))) / 1000 AS dwell,
            left_at < now_at AND left_at > now_at - INTERVAL 28 DAY AS has_ended,
            is_open OR (is_on_the_way AND has_ended) AS has_dwell
        FROM raw_mart_order_lines FINAL
        ARRAY JOIN visited AS line_stage, visited_from AS entered, visited_until AS left_at
        WHERE last_event_time >= now_at - INTERVAL 180 DAY
    )
SELECT
    line_stage AS stage,
    countIf(is_open) AS open_lines,
    countIf(has_ended) AS visits_28d,
    quantileExactInclusiveOrNullIf(0.5)(dwell, has_dwell) AS age_p50_s,
    quantileExactInclusiveOrNullIf(0.9)(dwell, has_dwell) AS age_p90_s,
    sumIf(dwell, has_dwell) AS total_dwell_s
FROM visits
GROUP BY stage
COMMENT 'Where order lines stand and how long they stay (D20)'
