-- The versions of the dealers of a case that held between its first scan and its last: who they are, and which territory was theirs.
-- clickhouse-client --param_dealer_ids="['D1']" --param_from='2026-01-01 00:00:00' --param_to='2026-02-01 00:00:00'
SELECT
    dealer_id, name, tier, ifNull(parent_dealer_id, '') AS parent_dealer_id, territory_id, ifNull(adcode, '') AS adcode, lat, lon, status,
    licence_expires, valid_from, valid_to, effective_to, source, event_id, event_time
FROM core_dealers
WHERE dealer_id IN {dealer_ids: Array(String)}
  AND valid_from <= parseDateTime64BestEffort({to: String}, 3, 'UTC')
  AND effective_to > parseDateTime64BestEffort({from: String}, 3, 'UTC')
ORDER BY dealer_id, valid_from, source, event_id
