-- Every scan of the given codes in all their spellings, as sent, with the delivery that brought it: topic, partition and offset show it in Kafka.
-- clickhouse-client --param_codes="['…']" --param_limit=20000
WITH
    -- An array, found once: a CTE would be read anew wherever it is named.
    (
        SELECT groupArrayArray(if(empty(spellings), [known.code], spellings))
        FROM raw_mart_code_journeys AS known FINAL
        WHERE known.code IN (SELECT core_item_key(arrayJoin({codes: Array(String)})))
    ) AS spelt
SELECT
    scans.event_id AS event_id,
    scans.source AS source,
    scans.event_time AS event_time,
    dealer_id,
    dealer_name,
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
    lat_wgs84,
    lon_wgs84,
    ifNull(found_adcode, '') AS found_adcode,
    ifNull(session_id, '') AS session_id,
    ifNull(device_id, '') AS device_id,
    ifNull(photo_ref, '') AS photo_ref,
    ingested_at,
    deliveries._topic AS kafka_topic,
    deliveries._partition AS kafka_partition,
    deliveries._offset AS kafka_offset
FROM core_scans AS scans
INNER JOIN
(
    SELECT code, event_time, source, event_id, _topic, _partition, _offset
    FROM raw_scans_by_key FINAL
    WHERE code IN (SELECT arrayJoin(spelt))
) AS deliveries
    ON deliveries.code = scans.code AND deliveries.event_time = scans.event_time
    AND deliveries.source = scans.source AND deliveries.event_id = scans.event_id
WHERE scans.code IN (SELECT arrayJoin(spelt))
ORDER BY scans.event_time, scans.code, scans.source, scans.event_id
LIMIT {limit: UInt32}
