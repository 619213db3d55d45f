-- What each feed sent (D1): newest event and arrival, arrivals of the last 24 hours (whole hours), ingest lag of the last
-- hour in which it sent anything. The lag of a history loaded later is its age: it is told as it is.
-- clickhouse-client --param_now='2026-11-24 12:00:00'
WITH latest AS
    (
        SELECT
            source, event_type, arrived_hour, deliveries, last_event_time, last_ingested_at, lag_p50_s, lag_p99_s
        FROM mart_feed_arrivals
    )
SELECT
    source,
    event_type,
    max(latest.last_event_time) AS last_event_time,
    max(latest.last_ingested_at) AS last_ingested_at,
    sumIf(deliveries, arrived_hour > {now: DateTime64(3, 'UTC')} - INTERVAL 24 HOUR) AS events_24h,
    argMax(latest.lag_p50_s, arrived_hour) AS lag_p50_s,
    argMax(latest.lag_p99_s, arrived_hour) AS lag_p99_s
FROM latest
GROUP BY source, event_type
ORDER BY source, event_type
