-- What this confidence of a case is made of; none where it was computed before that was kept.
-- clickhouse-client --param_alert_id=dv-… --param_confidence=0.97
SELECT account
FROM raw_mart_case_accounts FINAL
WHERE alert_id = {alert_id: String} AND abs(confidence - {confidence: Float64}) < 1e-8
ORDER BY version DESC
LIMIT 1
