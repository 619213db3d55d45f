-- What each feed sent (D1): newest event and arrival, arrivals of the last 24 hours (whole hours), ingest lag of the last
-- hour in which it sent anything. The lag of a history loaded later is its age: it is told as it is; the board tells of
-- a feed that is live beside it the lag of its newest event, and says so (dashboard/src/wall/lag.ts).
-- clickhouse-client --param_now='2026-11-24 12:00:00'
WITH
    {now: DateTime64(3, 'UTC')} - INTERVAL 24 HOUR AS since,
    feeds AS
    (
        SELECT source, event_type, max(f.last_event_time) AS last_event_time, max(f.last_ingested_at) AS last_ingested_at
        FROM raw_mart_feeds AS f
        GROUP BY source, event_type
    ),
    arrivals AS
    (
        SELECT source, event_type, arrived_hour, deliveries, lag
        FROM raw_mart_feed_arrivals FINAL
        WHERE arrived_hour > since OR (event_type, source, arrived_hour) IN (SELECT event_type, source, toStartOfHour(last_ingested_at) FROM feeds)
    )
SELECT
    feeds.source AS source,
    feeds.event_type AS event_type,
    any(feeds.last_event_time) AS last_event_time,
    any(feeds.last_ingested_at) AS last_ingested_at,
    sumIf(deliveries, arrived_hour > since) AS events_24h,
    quantilesBFloat16MergeIf(0.5, 0.99)(lag, arrived_hour = toStartOfHour(feeds.last_ingested_at)) AS lags,
    toFloat64(lags[1]) AS lag_p50_s,
    toFloat64(lags[2]) AS lag_p99_s
FROM feeds
INNER JOIN arrivals ON arrivals.source = feeds.source AND arrivals.event_type = feeds.event_type
GROUP BY source, event_type
ORDER BY source, event_type
