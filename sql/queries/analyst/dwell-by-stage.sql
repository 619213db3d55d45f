-- Where order lines stand, how long, and where the time goes.
-- clickhouse-client --user analyst --param_over_share_min=0 --queries-file dwell-by-stage.sql
SELECT stage, open_lines, open_age_p50_s / 3600 AS open_age_p50_h, open_age_p90_s / 3600 AS open_age_p90_h, over_limit_share, dwell_share, loops_28d, reason
FROM mart_stage_dwell
WHERE ifNull(over_limit_share, 0) >= {over_share_min: Float64}
ORDER BY dwell_share DESC
