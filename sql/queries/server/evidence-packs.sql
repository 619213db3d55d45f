-- Who was given the evidence pack of a case, the last first.
-- clickhouse-client --param_alert_id=dv-… --param_limit=200
SELECT event_time AS given_at, actor, state, digest, size_bytes, version
FROM core_evidence_packs
WHERE alert_id = {alert_id: String}
ORDER BY event_time DESC, event_id
LIMIT {limit: UInt32}
