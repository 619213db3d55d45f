-- Newest event time of each event type, over all its feeds. An event may lie up to a day ahead: the clock bounds it.
SELECT event_type, least(max(last_event_time), {now: DateTime64(3, 'UTC')}) AS watermark
FROM raw_mart_feeds
WHERE event_type IN {types: Array(String)}
GROUP BY event_type
