-- How many ids of new deliveries are used for different contents: nearly always none, and then there is nothing to list
-- (conflicts-find.sql, which keeps every delivery of an id, costs several times as much).
WITH
    deliveries AS (SELECT * FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}))
SELECT count() AS ids
FROM
(
    SELECT id_hash
    FROM raw_event_ids
    WHERE event_type = {event_type: String} AND id_hash IN
    (
        SELECT reinterpretAsUInt128(sipHash128(source, event_id))
        FROM {raw: Identifier}
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
    GROUP BY id_hash
    HAVING min(content_hash) != max(content_hash)
)
