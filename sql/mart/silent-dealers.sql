CREATE OR REPLACE VIEW mart_silent_dealers {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'a dealer that did anything in the last 365 local days: ordered or returned, told its stock, scanned, or any activity of its people. What HQ does for it (confirms, ships) is no sign of its life',
    last_day Date32 COMMENT 'last local day on which it did',
    active_days UInt64 COMMENT 'such days in the 90 that end with last_day',
    usual_gap_days Float64 COMMENT 'median days from one such day to the next in them',
    silent_days Int64 COMMENT 'days since the last one',
    is_silent Bool COMMENT 'silent for more than 3 x its usual gap: its feed may be broken. A dealer whose days come as usual but bring no sales is not silent, nor is one whose version valid now is closed'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, '{{time_zone}}') AS today,
    -- Without FINAL: what was sent twice, or set aside later, is a sign of life too, and two columns are read instead of all of a key.
    days AS
    (
        SELECT dealer_id, day FROM raw_mart_sales_days WHERE day > today - 365 AND day <= today AND (placed_lines > 0 OR returned_qty > 0) AND is_deleted = 0
        UNION DISTINCT
        SELECT dealer_id, day FROM raw_mart_stock_days WHERE day > today - 365 AND day <= today AND is_deleted = 0
        UNION DISTINCT
        SELECT dealer_id, toDate32(event_time, '{{time_zone}}') AS day
        FROM raw_scans_by_key
        WHERE event_time > now_at - INTERVAL 365 DAY AND event_time <= now_at AND biz_step != 'consumer_scan' AND dealer_id NOT IN ('', 'HQ')
        GROUP BY dealer_id, day
        UNION DISTINCT
        SELECT dealer_id, toDate32(event_time, '{{time_zone}}') AS day
        FROM raw_activity_by_key
        WHERE event_time > now_at - INTERVAL 365 DAY AND event_time <= now_at
        GROUP BY dealer_id, day
    ),
    sorted AS
    (
        SELECT dealer_id, arraySort(groupArray(day)) AS all_days, arrayFilter(d -> d > all_days[-1] - 90, all_days) AS path
        FROM days
        GROUP BY dealer_id
    )
SELECT
    dealer_id,
    path[-1] AS last_day,
    length(path) AS active_days,
    if(length(path) > 1, arrayReduce('median', arrayMap((one, next) -> toFloat64(dateDiff('day', one, next)), arrayPopBack(path), arrayPopFront(path))), 1) AS usual_gap_days,
    dateDiff('day', path[-1], today) AS silent_days,
    toBool(length(path) > 2 AND silent_days > 3 * usual_gap_days AND ifNull(dictGet('raw_dealer_versions', 'status', tuple(dealer_id), now_at), '') != 'closed') AS is_silent
FROM sorted
COMMENT 'Dealers that have stopped sending anything, told apart from dealers that sell nothing (D1)'
