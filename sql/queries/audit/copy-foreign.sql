-- Of some events (hex of sipHash128(source, event_id)): deliveries in the copy that the ledger does not hold with the same content.
-- clickhouse-client --param_raw=raw_orders --param_by_key=raw_orders_by_key --param_events="['…']" --param_partitions='[0,1,2,3]' --param_bounds='[100,100,100,100]'
SELECT toString(bitShiftLeft(toUInt64(_partition), 48) + _offset) AS place
FROM {by_key: Identifier} FINAL
WHERE hex(sipHash128(source, event_id)) IN {events: Array(String)}
  AND _offset < transform(_partition, {partitions: Array(UInt32)}, {bounds: Array(UInt64)}, toUInt64(0))
  AND (_partition, _offset, cityHash64(tuple(*))) NOT IN
      (SELECT _partition, _offset, cityHash64(tuple(*)) FROM {raw: Identifier} WHERE hex(sipHash128(source, event_id)) IN {events: Array(String)})
ORDER BY place
