-- Key and value of one dead letter, in base64: they are bytes, not text.
SELECT base64Encode(key) AS key_base64, base64Encode(value) AS value_base64
FROM raw_dead_letters FINAL
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset = {offset: UInt64}
