-- Order lines by stage (D4, D20). Open = stands in a stage that is not the end (delivered, cancelled, returned), for at most
-- 180 days: older ones belong to feeds that tell no later stages. Dwell = of the visits that ended in the last 28 days and
-- of the open ones so far.
-- clickhouse-client --param_now='2026-11-24 12:00:00' --param_sla_stages="['placed']" --param_sla_s="[14400]"
WITH
    {now: DateTime64(3, 'UTC')} AS now_at,
    lines AS
    (
        SELECT stage, stage_since, stages, entered_at, last_event_time
        FROM mart_order_lines
        WHERE last_event_time >= now_at - INTERVAL 180 DAY
    ),
    visits AS
    (
        SELECT
            line_stage,
            entered,
            left_at,
            is_last AND line_stage NOT IN ('delivered', 'cancelled', 'returned') AS is_open,
            if(is_open, greatest(0, dateDiff('millisecond', entered, now_at)), dateDiff('millisecond', entered, left_at)) / 1000 AS dwell_s
        FROM
        (
            SELECT
                stages, entered_at,
                arrayFilter(i -> i = 1 OR stages[i] != stages[i - 1], arrayEnumerate(stages)) AS starts
            FROM lines
        )
        ARRAY JOIN
            arrayMap(i -> stages[i], starts) AS line_stage,
            arrayMap(i -> entered_at[i], starts) AS entered,
            arrayMap(n -> if(n < length(starts), entered_at[starts[n + 1]], now_at), arrayEnumerate(starts)) AS left_at,
            arrayMap(n -> n = length(starts), arrayEnumerate(starts)) AS is_last
    ),
    counted AS
    (
        SELECT *, is_open OR (left_at < now_at AND left_at > now_at - INTERVAL 28 DAY) AS has_dwell
        FROM visits
    ),
    transform(line_stage, {sla_stages: Array(String)}, {sla_s: Array(Float64)}, inf) AS sla
SELECT
    line_stage AS stage,
    countIf(is_open) AS open_lines,
    countIf(entered > now_at - INTERVAL 24 HOUR AND entered <= now_at) AS entered_24h,
    quantileExactInclusiveOrNullIf(0.5)(dwell_s, has_dwell) AS age_p50_s,
    quantileExactInclusiveOrNullIf(0.9)(dwell_s, has_dwell) AS age_p90_s,
    countIf(is_open AND dwell_s > sla) AS over_sla_lines,
    sumIf(dwell_s, has_dwell) AS all_dwell_s,
    (SELECT max(last_event_time) FROM lines) AS as_of
FROM counted
GROUP BY stage
