-- Whether a forecast is due: enough whole local days are known, and no version knows yesterday yet. And whether a history is being loaded: a feed
-- that demand is read from has brought something in the last minutes, and nothing of yesterday or today yet.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_days_min=14
WITH toDate32(now64(3, 'UTC'), {time_zone: String}) AS today
SELECT
    toBool(
        (SELECT count() > 0 AND dateDiff('day', min(day), today) >= {days_min: UInt32} FROM mart_sales_days WHERE placed_qty > 0 AND day < today)
        AND (SELECT count() = 0 OR toDate32(max(as_of), {time_zone: String}) < today FROM mart_forecast_versions)) AS is_due,
    toBool(notEmpty((
        SELECT groupArray(source)
        FROM
        (
            SELECT event_type, source
            FROM mart_feed_arrivals
            WHERE event_type IN ('order', 'stock') AND arrived_hour >= toStartOfHour(now('UTC')) - INTERVAL 1 HOUR
            GROUP BY event_type, source
            HAVING max(last_ingested_at) > now64(3, 'UTC') - INTERVAL 5 MINUTE
                AND toDate32(max(last_event_time), {time_zone: String}) < today - 1
        )))) AS is_loading
