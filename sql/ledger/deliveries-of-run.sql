-- What a run of a mart has to look at: its new deliveries, and those of which it has been found since another run that they say something else
-- than an earlier one under their id (an earlier run counted them).
-- SELECT * FROM raw_deliveries_of_run(ranges = [('dms.scans.v1', 0, 0, 1000)], event_types = ['scan'], conflicts_since = '2026-11-24 12:00:00')
CREATE OR REPLACE VIEW raw_deliveries_of_run {{on_cluster}}
(
    topic String COMMENT 'Kafka topic',
    partition UInt32 COMMENT 'partition of the topic',
    offset UInt64 COMMENT 'offset in the partition'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT topic, partition, offset FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))})
UNION ALL
SELECT _topic AS topic, _partition AS partition, _offset AS offset
FROM raw_event_conflicts
WHERE event_type IN {event_types: Array(String)} AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
COMMENT 'the new deliveries of a run, and those found since another one to conflict with an earlier delivery'
