-- The versions of territories that held at the shipments of a case's goods, with their outlines (GeoJSON, WGS84).
-- clickhouse-client --param_territory_ids="['T1']" --param_from='2026-01-01 00:00:00' --param_to='2026-02-01 00:00:00'
SELECT
    territory_id, name, adcodes, ifNull(geometry, '') AS geometry, valid_from, valid_to, effective_to, source, event_id, event_time
FROM core_territories
WHERE territory_id IN {territory_ids: Array(String)}
  AND valid_from <= parseDateTime64BestEffort({to: String}, 3, 'UTC')
  AND effective_to > parseDateTime64BestEffort({from: String}, 3, 'UTC')
ORDER BY territory_id, valid_from, source, event_id
