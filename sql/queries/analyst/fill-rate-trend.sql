-- Fill rate by week of the due day.
-- clickhouse-client --user analyst --param_time_zone=Asia/Shanghai --param_weeks=12 --queries-file fill-rate-trend.sql
SELECT toMonday(due_day) AS week, toFloat64(sum(filled_qty)) / toFloat64(sum(ordered_qty)) AS fill
FROM mart_fill_days
WHERE due_day < toDate32(now(), {time_zone: String}) AND due_day >= toDate32(toMonday(toDate32(now(), {time_zone: String}))) - 7 * {weeks: UInt16}
GROUP BY week
ORDER BY week
