-- Whether a case was withdrawn: the last thing that is said of it is that it is none.
-- clickhouse-client --param_alert_id=dv-…
SELECT toBool(ifNull(argMax(is_deleted, version), 0)) AS is_withdrawn
FROM raw_mart_diversion_cases
WHERE alert_id = {alert_id: String}
