-- Dead letters, newest first. A filter that is null lets everything pass.
-- clickhouse-client --param_topic=dms.scans.v1 --param_reason='\N' --param_partition='\N' --param_offset='\N' --param_replayed=0 --param_limit=100
SELECT
    _topic AS topic,
    _partition AS partition,
    _offset AS offset,
    reason,
    detail,
    length(value) AS value_bytes,
    dead_at,
    replayed_at
FROM raw_dead_letters FINAL
WHERE ({topic: Nullable(String)} IS NULL OR _topic = {topic: Nullable(String)})
  AND ({reason: Nullable(String)} IS NULL OR reason = {reason: Nullable(String)})
  AND ({partition: Nullable(UInt32)} IS NULL OR _partition = {partition: Nullable(UInt32)})
  AND ({offset: Nullable(UInt64)} IS NULL OR _offset = {offset: Nullable(UInt64)})
  AND ({replayed: Bool} OR replayed_at IS NULL)
ORDER BY dead_at DESC, topic, partition, offset
LIMIT {limit: UInt32}
