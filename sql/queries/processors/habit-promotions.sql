-- The days on which promotions run of each product, in each territory ('' = all): a version counts if it held while its promotion ran. Days
-- are counted from `since`.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_since=2026-08-01 --param_days=120
WITH toDate32({since: String}) AS first_day
SELECT DISTINCT
    arrayJoin(sku_ids) AS sku_id,
    arrayJoin(if(empty(territory_ids), [''], territory_ids)) AS territory_id,
    dateDiff('day', first_day, toDate32(starts, {time_zone: String})) AS `from`,
    -- The first day after it: of an end at midnight, that day.
    dateDiff('day', first_day, toDate32(ends - INTERVAL 1 MILLISECOND, {time_zone: String})) + 1 AS `to`
FROM core_promotions
WHERE effective_to > valid_from AND effective_to > starts AND valid_from < ends AND ends > starts
  AND toDate32(ends, {time_zone: String}) >= first_day AND toDate32(starts, {time_zone: String}) < first_day + {days: UInt16} + 7
ORDER BY sku_id, territory_id, `from`, `to`
