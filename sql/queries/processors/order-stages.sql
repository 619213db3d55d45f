-- Order lines by stage (D4, D20). Open = stands in a stage that is not the end (delivered, cancelled, returned), for at most
-- 180 days: older ones belong to feeds that tell no later stages. Dwell = of the visits that ended in the last 28 days and
-- of the open ones so far; an end has none, also where its line is returned later.
-- clickhouse-client --param_now='2026-11-24 12:00:00' --param_sla_stages="['placed']" --param_sla_s="[14400]"
WITH
    {now: DateTime64(3, 'UTC')} AS now_at,
    visits AS
    (
        SELECT
            visits.stage AS line_stage,
            visits.entered_at AS entered,
            visits.last_event_time AS last_event_time,
            visits.left_at AS left_at,
            line_stage NOT IN ('delivered', 'cancelled', 'returned') AS is_on_the_way,
            is_on_the_way AND left_at IS NULL AS is_open,
            greatest(0, dateDiff('millisecond', entered, ifNull(left_at, now_at))) / 1000 AS dwell_s,
            is_open OR (is_on_the_way AND left_at < now_at AND left_at > now_at - INTERVAL 28 DAY) AS has_dwell
        FROM raw_mart_order_visits AS visits FINAL
        WHERE until_day >= toDate32(now_at) - 29 AND last_day >= toDate32(now_at) - 181 AND visits.last_event_time >= now_at - INTERVAL 180 DAY
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
    least(max(max(visits.last_event_time)) OVER (), now_at) AS as_of
FROM visits
GROUP BY stage
