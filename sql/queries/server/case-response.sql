-- Cases of the last days: how fast they were detected and resolved, how many were right. First of every kind ('', always there), then by kind.
-- clickhouse-client --param_days=28 --param_time_zone=Asia/Shanghai
WITH told AS
    (
        SELECT kind, raised, closed, confirmed, ifNull(mttd_h, 0) * raised AS detect_h, ifNull(mttr_h, 0) * closed AS resolve_h
        FROM mart_case_response
        WHERE day > toDate32(now64(3, 'UTC'), {time_zone: String}) - {days: UInt16}
        UNION ALL
        SELECT '' AS kind, 0 AS raised, 0 AS closed, 0 AS confirmed, 0 AS detect_h, 0 AS resolve_h
    )
SELECT
    toString(told.kind) AS of_kind,
    toUInt32(sum(told.raised)) AS raised_cases,
    raised_cases / {days: UInt16} AS alerts_per_day,
    if(raised_cases = 0, NULL, sum(told.detect_h) / raised_cases) AS mttd_h,
    toUInt32(sum(told.closed)) AS closed_cases,
    toUInt32(sum(told.confirmed)) AS confirmed_cases,
    if(closed_cases = 0, NULL, sum(told.resolve_h) / closed_cases) AS mttr_h,
    if(closed_cases = 0, NULL, confirmed_cases / closed_cases) AS precision,
    multiIf(raised_cases + closed_cases = 0, 'no case was raised or closed', raised_cases = 0, 'no case was raised', closed_cases = 0, 'no case was closed', '') AS reason
FROM told
GROUP BY of_kind
ORDER BY of_kind
