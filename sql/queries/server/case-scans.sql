-- The way of the given codes and of the cases and pallets that they were in, scan by scan, in order of time, with what the rules say
-- of each scan. One page: those behind the place of the last one; "" = from the beginning.
-- clickhouse-client --param_codes="['…']" --param_after_time='\N' --param_after_code= --param_after_source= --param_after_id= --param_limit=200
WITH
    -- Arrays, each found once: a CTE would be read anew wherever it is named.
    (SELECT groupUniqArray(core_item_key(code)) FROM (SELECT arrayJoin({codes: Array(String)}) AS code)) AS asked,
    (
        SELECT arrayFilter(code -> code != '', groupUniqArrayArray(arrayPushBack(former_parents, parent_code)))
        FROM raw_mart_code_journeys AS known FINAL
        WHERE known.code IN (SELECT arrayJoin(asked))
    ) AS inner_containers,
    (
        SELECT arrayFilter(code -> code != '', groupUniqArrayArray(arrayPushBack(former_parents, parent_code)))
        FROM raw_mart_code_journeys AS known FINAL
        WHERE known.code IN (SELECT arrayJoin(inner_containers))
    ) AS outer_containers,
    arrayConcat(asked, inner_containers, outer_containers) AS told,
    signals AS
    (
        SELECT source, event_id, arraySort(groupUniqArray(kind)) AS kinds
        FROM mart_diversion_signals
        WHERE item IN (SELECT arrayJoin(told))
        GROUP BY source, event_id
    )
SELECT
    scans.event_time AS event_time,
    scans.source AS source,
    scans.event_id AS event_id,
    scans.code AS code,
    scans.level AS level,
    scans.biz_step AS biz_step,
    scans.dealer_id AS dealer_id,
    ifNull(scans.dealer_name, '') AS dealer_name,
    ifNull(scans.to_dealer_id, '') AS to_dealer_id,
    ifNull(scans.parent_code, '') AS parent_code,
    ifNull(scans.found_adcode, '') AS found_adcode,
    scans.lat_wgs84 AS lat_wgs84,
    scans.lon_wgs84 AS lon_wgs84,
    scans.accuracy_m AS accuracy_m,
    signals.kinds AS kinds
FROM core_scans AS scans
LEFT JOIN signals ON signals.source = scans.source AND signals.event_id = scans.event_id
WHERE scans.code IN
    (
        SELECT arrayJoin(if(empty(spellings), [known.code], spellings))
        FROM raw_mart_code_journeys AS known FINAL
        WHERE known.code IN (SELECT arrayJoin(told))
    )
  AND ({after_time: Nullable(String)} IS NULL
       OR (scans.event_time, scans.code, scans.source, scans.event_id)
          > (ifNull(parseDateTime64BestEffortOrNull({after_time: Nullable(String)}, 3, 'UTC'), toDateTime64('1970-01-01', 3, 'UTC')),
             {after_code: String}, {after_source: String}, {after_id: String}))
ORDER BY scans.event_time, scans.code, scans.source, scans.event_id
LIMIT {limit: UInt32}
