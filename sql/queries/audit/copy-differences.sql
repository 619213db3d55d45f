-- Events whose copy in reading order is not their first delivery as the ledger has it. A place is partition × 2^48 + offset.
--   missing: the first delivery is not in the copy; changed: it is there with other content;
--   foreign: the copy has a delivery that the ledger lacks; several: more than one delivery (the id was used for different
--   events), which copy-foreign.sql looks at.
-- Deliveries beyond the bound of their partition are not judged (see copy-digest.sql).
-- clickhouse-client --param_raw=raw_orders --param_by_key=raw_orders_by_key --param_partitions='[0,1,2,3]' --param_bounds='[100,100,100,100]' --param_limit=1000
SELECT
    multiIf(
        in_ledger = 0, 'foreign',
        in_copy = 0 OR (copied != delivered AND NOT (copied < delivered AND copied_unsettled)), 'missing',
        copied = delivered AND copied_digest != delivered_digest, 'changed',
        'several') AS kind,
    toString(if(in_ledger = 0, copied, delivered)) AS place,
    hex(event) AS event
FROM
(
    SELECT
        event,
        countIf(NOT is_copy) AS in_ledger,
        countIf(is_copy) AS in_copy,
        minIf(place, NOT is_copy) AS delivered,
        argMinIf(digest, place, NOT is_copy) AS delivered_digest,
        minIf(place, is_copy) AS copied,
        argMinIf(digest, place, is_copy) AS copied_digest,
        argMinIf(unsettled, place, is_copy) AS copied_unsettled
    FROM
    (
        SELECT
            sipHash128(source, event_id) AS event, false AS is_copy, cityHash64(tuple(*)) AS digest, false AS unsettled,
            bitShiftLeft(toUInt64(_partition), 48) + _offset AS place
        FROM {raw: Identifier}
        WHERE _offset < transform(_partition, {partitions: Array(UInt32)}, {bounds: Array(UInt64)}, toUInt64(0))
        UNION ALL
        SELECT
            sipHash128(source, event_id), true, cityHash64(tuple(*)),
            _offset >= transform(_partition, {partitions: Array(UInt32)}, {bounds: Array(UInt64)}, toUInt64(0)),
            bitShiftLeft(toUInt64(_partition), 48) + _offset
        FROM {by_key: Identifier} FINAL
    )
    GROUP BY event
)
WHERE in_copy > 1
   OR (in_ledger = 0 AND NOT copied_unsettled)
   OR (in_ledger > 0 AND NOT (copied = delivered AND copied_digest = delivered_digest) AND NOT (in_copy > 0 AND copied < delivered AND copied_unsettled))
ORDER BY kind = 'several', place
LIMIT {limit: UInt32}
SETTINGS max_bytes_before_external_group_by = 500000000, max_bytes_before_external_sort = 500000000
