-- Lists, for the ids of new deliveries, every delivery that says something else than the first one under its
-- (source, event_id). First = written first by the sink; so a later one never takes the place of an earlier one.
INSERT INTO raw_event_conflicts (event_type, _topic, _partition, _offset, source, event_id, kept_partition, kept_offset, found_at)
WITH
    deliveries AS (SELECT * FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))})),
    ids AS
    (
        SELECT reinterpretAsUInt128(sipHash128(source, event_id)) AS id_hash
        FROM {raw: Identifier}
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    ),
    used_twice AS
    (
        SELECT
            id_hash,
            argMin((content_hash, partition, offset), (ingested_at, partition, offset)) AS first,
            groupArray((content_hash, topic, partition, offset)) AS all
        FROM raw_event_ids
        WHERE event_type = {event_type: String} AND id_hash IN (SELECT id_hash FROM ids)
        GROUP BY id_hash
        HAVING uniqExact(content_hash) > 1
    ),
    losers AS
    (
        SELECT other.2 AS topic, other.3 AS partition, other.4 AS offset, first.2 AS kept_partition, first.3 AS kept_offset
        FROM used_twice
        ARRAY JOIN arrayFilter(one -> one.1 != first.1, all) AS other
    )
SELECT
    {event_type: String} AS event_type,
    losers.topic AS _topic,
    losers.partition AS _partition,
    losers.offset AS _offset,
    raw.source AS source,
    raw.event_id AS event_id,
    losers.kept_partition AS kept_partition,
    losers.kept_offset AS kept_offset,
    {found_at: DateTime64(3, 'UTC')} AS found_at
FROM losers
INNER JOIN
(
    SELECT (_topic, _partition, _offset) AS at, source, event_id
    FROM {raw: Identifier}
    WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM losers)
) AS raw ON raw.at = (losers.topic, losers.partition, losers.offset)
WHERE (losers.topic, losers.partition, losers.offset) NOT IN
    (SELECT _topic, _partition, _offset FROM raw_event_conflicts WHERE event_type = {event_type: String})
