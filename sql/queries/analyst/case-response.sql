-- Cases of diversion of the last days, all (kind empty) and by kind: alerts a day, hours to detect and to resolve, share of closed ones confirmed.
-- clickhouse-client --user analyst --param_time_zone=Asia/Shanghai --param_days=28 --queries-file case-response.sql
SELECT
    kind,
    sum(raised) / nullIf({days: UInt16}, 0) AS alerts_per_day,
    sum(mttd_h * raised) / nullIf(sum(raised), 0) AS mttd_hours,
    sum(mttr_h * closed) / nullIf(sum(closed), 0) AS mttr_hours,
    sum(closed) AS closed_cases,
    sum(confirmed) / nullIf(sum(closed), 0) AS alert_precision
FROM mart_case_response
WHERE day > toDate32(now(), {time_zone: String}) - {days: UInt16}
GROUP BY kind
ORDER BY kind
