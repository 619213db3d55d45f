-- Lists every delivery of a scan that its sender declared an error, for the ids of new deliveries: of the declarations or of
-- the scans, whichever came later. Only who scanned takes back: source, id, code and dealer are those of the scan.
INSERT INTO raw_event_conflicts (event_type, _topic, _partition, _offset, source, event_id, why, kept_partition, kept_offset, found_at)
WITH
    deliveries AS (SELECT * FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))})),
    taken_back AS
    (
        SELECT source, event_id, code, dealer_id, _partition, _offset
        FROM raw_scan_retractions_by_key FINAL
        WHERE (source, event_id) IN
        (
            SELECT source, event_id
            FROM {raw: Identifier}
            WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        )
    ),
    places AS
    (
        SELECT topic, partition, offset
        FROM raw_event_ids
        WHERE event_type = 'scan' AND id_hash IN (SELECT reinterpretAsUInt128(sipHash128(source, event_id)) FROM taken_back)
    )
SELECT
    'scan' AS event_type,
    scans._topic AS _topic,
    scans._partition AS _partition,
    scans._offset AS _offset,
    scans.source AS source,
    scans.event_id AS event_id,
    'retracted' AS why,
    taken_back._partition AS kept_partition,
    taken_back._offset AS kept_offset,
    {found_at: DateTime64(3, 'UTC')} AS found_at
FROM
(
    SELECT _topic, _partition, _offset, source, event_id, code, dealer_id
    FROM raw_scans
    WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM places)
) AS scans
INNER JOIN taken_back USING (source, event_id, code, dealer_id)
WHERE (scans._topic, scans._partition, scans._offset) NOT IN
    (SELECT _topic, _partition, _offset FROM raw_event_conflicts WHERE event_type = 'scan')
