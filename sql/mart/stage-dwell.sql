CREATE OR REPLACE VIEW mart_stage_dwell {{on_cluster}}
(
    stage LowCardinality(String) COMMENT 'the stage',
    open_lines UInt64 COMMENT 'order lines that stand in it now, for at most 180 days',
    open_age_p50_s Nullable(Float64) COMMENT 'median of the time that they have stood there, seconds; null when none does',
    open_age_p90_s Nullable(Float64) COMMENT '90th percentile of the same',
    limit_s Nullable(UInt32) COMMENT 'how long a line may stand in it (mart_stage_limits), seconds; null = no limit is set',
    over_limit_share Nullable(Float64) COMMENT 'share of the open lines that have stood longer, 0-1; null without open lines or limit',
    dwell_28d_s Float64 COMMENT 'how long visits of the stage took, those that ended in the last 28 days from their beginning to their end and the open ones so far, seconds; 0 for the ends: a line that is delivered or cancelled waits for nobody, also where it is returned later',
    dwell_share Nullable(Float64) COMMENT 'share of that of all stages: where the time goes, 0-1; null where none was spent',
    loops_28d UInt64 COMMENT 'visits begun in the last 28 days by lines that had been in the stage before',
    reason String COMMENT 'why a column is null; empty = none is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    visits AS
    (
        SELECT
            place, entered, left_at, line_stage,
            line_stage NOT IN ('delivered', 'cancelled', 'returned') AS is_on_the_way,
            is_on_the_way AND left_at IS NULL AS is_open,
            greatest(0, dateDiff('millisecond', entered, ifNull(left_at, now_at))) / 1000 AS dwell,
            is_open OR (is_on_the_way AND left_at < now_at AND left_at > now_at - INTERVAL 28 DAY) AS has_dwell,
            entered > now_at - INTERVAL 28 DAY AND entered <= now_at AND has(arraySlice(visited, 1, place - 1), line_stage) AS is_loop
        FROM mart_order_lines
        ARRAY JOIN visited AS line_stage, visited_from AS entered, visited_until AS left_at, arrayEnumerate(visited) AS place
        WHERE last_event_time >= now_at - INTERVAL 180 DAY
    ),
    limits AS (SELECT mart_stage_limits.stage AS limited, mart_stage_limits.limit_s AS allowed_s FROM mart_stage_limits),
    stages AS
    (
        SELECT
            visits.line_stage AS name,
            countIf(is_open) AS open_count,
            quantileExactInclusiveOrNullIf(0.5)(dwell, is_open) AS p50,
            quantileExactInclusiveOrNullIf(0.9)(dwell, is_open) AS p90,
            any(limits.allowed_s) AS allowed,
            countIf(is_open AND dwell > limits.allowed_s) AS over,
            sumIf(dwell, has_dwell) AS spent,
            countIf(is_loop) AS loops
        FROM visits
        LEFT JOIN limits ON limits.limited = visits.line_stage
        GROUP BY name
    )
SELECT
    name AS stage,
    open_count AS open_lines,
    p50 AS open_age_p50_s,
    p90 AS open_age_p90_s,
    if(allowed > 0, toNullable(allowed), NULL) AS limit_s,
    if(limit_s IS NULL, NULL, over / nullIf(open_count, 0)) AS over_limit_share,
    spent AS dwell_28d_s,
    spent / nullIf(sum(spent) OVER (), 0) AS dwell_share,
    loops AS loops_28d,
    multiIf(name IN ('delivered', 'cancelled', 'returned'), 'no line stands in an end', open_count = 0, 'no line stands in it', limit_s IS NULL, 'no limit is set', '') AS reason
FROM stages
COMMENT 'Where order lines stand, how long, how many too long, and where the time goes (D20)'
