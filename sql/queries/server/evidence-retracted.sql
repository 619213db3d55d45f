-- Scans of the given codes, in all their spellings, that their sender took back: as sent, with the delivery that brought each, and what was
-- declared. They count in no figure.
-- clickhouse-client --param_codes="['…']" --param_limit=20000
WITH
    (
        SELECT groupArrayArray(spellings)
        FROM raw_mart_code_journeys AS known FINAL
        WHERE known.code IN (SELECT core_item_key(arrayJoin({codes: Array(String)})))
    ) AS spelt
SELECT
    scans.event_id AS event_id,
    scans.source AS source,
    scans.event_time AS event_time,
    scans.dealer_id AS dealer_id,
    scans.code AS code,
    level,
    biz_step,
    sku_id,
    ifNull(parent_code, '') AS parent_code,
    ifNull(lot, '') AS lot,
    ifNull(to_dealer_id, '') AS to_dealer_id,
    lat,
    lon,
    accuracy_m,
    ifNull(datum, 'wgs84') AS datum,
    ifNull(session_id, '') AS session_id,
    ifNull(device_id, '') AS device_id,
    ifNull(photo_ref, '') AS photo_ref,
    scans._ingested_at AS ingested_at,
    scans._topic AS kafka_topic,
    scans._partition AS kafka_partition,
    scans._offset AS kafka_offset,
    retracted.event_time AS declared_at,
    ifNull(retracted.reason, '') AS reason,
    ifNull(retracted.corrective_event_ids, '') AS corrective_event_ids,
    retracted.ingested_at AS declaration_ingested_at
FROM raw_scans_by_key AS scans FINAL
-- Only who scanned takes back.
INNER JOIN core_scan_retractions AS retracted
    ON retracted.source = scans.source AND retracted.event_id = scans.event_id
    AND retracted.code = scans.code AND retracted.dealer_id = scans.dealer_id
WHERE scans.code IN (SELECT arrayJoin(arrayConcat(spelt, {codes: Array(String)})))
ORDER BY scans.event_time, scans.code, scans.source, scans.event_id
LIMIT {limit: UInt32}
