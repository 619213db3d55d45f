-- Notes how far all scans have taken their feeds: what scan-feeds-note.sql says of every delivery.
INSERT INTO raw_scan_feeds
SELECT
    source,
    max(biz_step IN ('shipping', 'returning', 'packing') OR (dealer_id = 'HQ' AND biz_step != 'inspecting')) AS explains,
    max(event_time) AS last_event_time
FROM raw_scans
GROUP BY source
