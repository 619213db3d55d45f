-- Notes the codes whose signals were held until now: scans have come up to what they waited for.
-- clickhouse-client --param_version=… --param_watermark='2026-11-24 12:00:00'
INSERT INTO raw_dirty_codes
SELECT code, {version: UInt64} AS version
FROM raw_held_codes FINAL
WHERE due_at <= {watermark: DateTime64(3, 'UTC')} AND code NOT IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64})
