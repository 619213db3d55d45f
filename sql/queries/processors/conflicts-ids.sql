-- Enters new deliveries of one type into the directory of ids.
INSERT INTO raw_event_ids
WITH deliveries AS (SELECT * FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}))
SELECT
    {event_type: String} AS event_type,
    reinterpretAsUInt128(sipHash128(source, event_id)) AS id_hash,
    sipHash64(toString(tuple(* EXCEPT (_topic, _partition, _offset, _ingested_at)))) AS content_hash,
    _topic AS topic,
    _partition AS partition,
    _offset AS offset,
    _ingested_at AS ingested_at
FROM {raw: Identifier}
WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
