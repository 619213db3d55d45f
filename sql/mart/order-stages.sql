CREATE OR REPLACE VIEW mart_order_stages {{on_cluster}}
(
    stage LowCardinality(String) COMMENT 'the stage',
    open_lines UInt64 COMMENT 'order lines that stand in it now, for at most 180 days; 0 for the ends delivered, cancelled, returned',
    visits_28d UInt64 COMMENT 'visits that ended in the last 28 days',
    age_p50_s Nullable(Float64) COMMENT 'median dwell of those visits and of the open ones so far, seconds',
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
            visit.1 AS line_stage,
            visit.3 AS left_at,
            visit.4 AND line_stage NOT IN ('delivered', 'cancelled', 'returned') AS is_open,
            greatest(0, dateDiff('millisecond', visit.2, if(is_open, now_at, left_at))) / 1000 AS dwell,
            is_open OR (left_at < now_at AND left_at > now_at - INTERVAL 28 DAY) AS has_dwell
        FROM
        (
            SELECT
                arrayFilter(i -> i = 1 OR stages[i] != stages[i - 1], arrayEnumerate(stages)) AS starts,
                arrayJoin(arrayMap(n -> (
                    stages[starts[n]], entered_at[starts[n]],
                    if(n < length(starts), entered_at[starts[n + 1]], now_at), n = length(starts)), arrayEnumerate(starts))) AS visit
            FROM raw_mart_order_lines FINAL
            WHERE last_event_time >= now_at - INTERVAL 180 DAY
        )
    )
SELECT
    line_stage AS stage,
    countIf(is_open) AS open_lines,
    countIf(has_dwell AND NOT is_open) AS visits_28d,
    quantileExactInclusiveOrNullIf(0.5)(dwell, has_dwell) AS age_p50_s,
    quantileExactInclusiveOrNullIf(0.9)(dwell, has_dwell) AS age_p90_s,
    sumIf(dwell, has_dwell) AS total_dwell_s
FROM visits
GROUP BY stage
COMMENT 'Where order lines stand and how long they stay (D20)'
