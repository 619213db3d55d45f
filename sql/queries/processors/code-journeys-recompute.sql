-- Computes the codes that new deliveries touch anew, from all their scans, and replaces them.
INSERT INTO raw_mart_code_journeys
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type = 'scan' AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    dirty AS
    (
        SELECT DISTINCT code
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    ),
    scans AS
    (
        SELECT code, level, biz_step, sku_id, parent_code, lot, to_dealer_id, event_time, (event_time, source, event_id) AS place
        FROM core_scans
        WHERE code IN (SELECT code FROM dirty)
    ),
    journeys AS
    (
        SELECT
            code,
            argMin(level, place) AS code_level,
            argMin(sku_id, place) AS code_sku_id,
            argMinIf(ifNull(lot, ''), place, ifNull(lot, '') != '') AS code_lot,
            argMaxIf(ifNull(parent_code, ''), place, ifNull(parent_code, '') != '') AS last_parent_code,
            arraySort(groupArrayIf((place, ifNull(to_dealer_id, '')), biz_step = 'shipping' AND ifNull(to_dealer_id, '') != '')) AS shipments,
            arraySort(groupArrayIf(event_time, biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'consumer_scan', 'returning'))) AS later,
            count() AS n,
            min(event_time) AS first_at,
            max(event_time) AS last_at
        FROM scans
        GROUP BY code
    )
SELECT
    code, code_level AS level, code_sku_id AS sku_id, code_lot AS lot, last_parent_code AS parent_code,
    shipments.1.1 AS shipped_at,
    shipments.2 AS shipped_to,
    if(empty(shipments), NULL, arrayFirstOrNull(t -> t >= shipments[1].1.1, later)) AS seen_at,
    n AS scans, first_at AS first_event_time, last_at AS last_event_time,
    2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM journeys
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_code_journeys FINAL
WHERE code IN (SELECT code FROM dirty)
