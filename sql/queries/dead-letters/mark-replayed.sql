-- Notes that a dead letter was sent again: a newer row of the same position, with the same bytes.
INSERT INTO raw_dead_letters (_topic, _partition, _offset, reason, detail, key, value, dead_at, replayed_at)
SELECT _topic, _partition, _offset, reason, detail, key, value, dead_at, now64(3, 'UTC')
FROM raw_dead_letters FINAL
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset = {offset: UInt64}
SETTINGS insert_deduplicate = 0
