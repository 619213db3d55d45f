-- Moves of cases to another state: the first delivery of each event.
CREATE OR REPLACE VIEW core_case_transitions {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    alert_id String COMMENT 'the case',
    from_state LowCardinality(String) COMMENT 'state before',
    to_state LowCardinality(String) COMMENT 'state after',
    actor String COMMENT 'who moved it',
    assignee Nullable(String) COMMENT 'who works on it from now on; null when left out',
    reason Nullable(String) COMMENT 'why; needed for dismissed; null when left out',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, alert_id, from_state, to_state, actor, assignee, reason,
    _ingested_at AS ingested_at
FROM raw_case_transitions_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'case_transition')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Moves of cases to another state, each event once';
