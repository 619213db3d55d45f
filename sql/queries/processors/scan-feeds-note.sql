-- Notes how far new scans take their feeds.
-- clickhouse-client --param_ranges="[('dms.scans.v1',0,0,1000)]"
INSERT INTO raw_scan_feeds
WITH deliveries AS (SELECT * FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}))
SELECT
    source,
    max(biz_step IN ('shipping', 'returning', 'packing') OR (dealer_id = 'HQ' AND biz_step != 'inspecting')) AS explains,
    max(event_time) AS last_event_time
FROM raw_scans
WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
GROUP BY source
