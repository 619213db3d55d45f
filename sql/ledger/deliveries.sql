-- The deliveries in some ranges of offsets: of each a topic, a partition, the first offset and the one after the last.
-- SELECT * FROM raw_deliveries(ranges = [('dms.scans.v1', 0, 0, 1000)])
CREATE OR REPLACE VIEW raw_deliveries {{on_cluster}}
(
    topic String COMMENT 'Kafka topic',
    partition UInt32 COMMENT 'partition of the topic',
    offset UInt64 COMMENT 'offset in the partition'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
FROM (SELECT arrayJoin({ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}) AS range)
COMMENT 'the deliveries in some ranges of offsets'
