-- A ledger and its copy in reading order as wholes: as long as no event came twice, both have the same rows and digest.
-- Only offsets below the bound of their partition count: above it the sink may be between the two.
-- clickhouse-client --param_raw=raw_orders --param_by_key=raw_orders_by_key --param_partitions='[0,1,2,3]' --param_bounds='[100,100,100,100]'
WITH
    (
        SELECT (count(), sum(cityHash64(tuple(*))))
        FROM {raw: Identifier}
        WHERE _offset < transform(_partition, {partitions: Array(UInt32)}, {bounds: Array(UInt64)}, toUInt64(0))
    ) AS ledger,
    (
        SELECT (count(), sum(cityHash64(tuple(*))))
        FROM {by_key: Identifier} FINAL
        WHERE _offset < transform(_partition, {partitions: Array(UInt32)}, {bounds: Array(UInt64)}, toUInt64(0))
    ) AS copy
SELECT ledger.1 AS ledger_rows, toString(ledger.2) AS ledger_digest, copy.1 AS copy_rows, toString(copy.2) AS copy_digest
