-- Cases that people merged, and split off again: the first delivery of each event.
CREATE OR REPLACE VIEW core_case_groupings {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    lead_alert_id String COMMENT 'the case that the members are part of, or were',
    action LowCardinality(String) COMMENT 'what became of them: merge or split',
    member_ids Array(String) COMMENT 'the cases that are merged into the lead, or split off from it',
    actor String COMMENT 'who said so',
    reason Nullable(String) COMMENT 'why; null when left out',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, lead_alert_id, action, member_ids, actor, reason,
    _ingested_at AS ingested_at
FROM raw_case_groupings_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'case_grouping')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Cases that people merged and split, each event once; of each member the last holds';
