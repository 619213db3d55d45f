-- Notes how far new scans take their feeds.
-- clickhouse-client --param_topics="['dms.scans.v1']" --param_partitions="[0]" --param_froms="[0]" --param_tos="[1000]"
INSERT INTO raw_scan_feeds
WITH deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
    )
SELECT
    source,
    max(biz_step IN ('shipping', 'returning', 'packing') OR (dealer_id = 'HQ' AND biz_step != 'inspecting')) AS explains,
    max(event_time) AS last_event_time
FROM raw_scans
WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
GROUP BY source
