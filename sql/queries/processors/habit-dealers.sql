-- Each dealer's place, supplier and state by the version that holds at the watermark, or the last before it, and the days since `since` on
-- which another began to hold.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_since=2026-08-01 --param_watermark=2026-11-24T12:00:00Z
SELECT
    dealer_id,
    argMax(tuple(lon), valid_from).1 AS lon,
    argMax(tuple(lat), valid_from).1 AS lat,
    ifNull(argMax(ifNull(adcode, ''), valid_from), '') AS adcode,
    ifNull(argMax(ifNull(parent_dealer_id, ''), valid_from), '') AS parent_dealer_id,
    argMax(status, valid_from) AS status,
    ifNull(argMax(ifNull(territory_id, ''), valid_from), '') AS territory_id,
    arrayFilter(day -> day > 0, groupArray(dateDiff('day', toDate32({since: String}), toDate32(valid_from, {time_zone: String})))) AS changed_on
FROM core_dealers
WHERE effective_to > valid_from AND valid_from <= {watermark: DateTime64(3, 'UTC')}
GROUP BY dealer_id
