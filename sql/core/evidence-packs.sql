-- Evidence packs of cases that were given out: the first delivery of each event.
CREATE OR REPLACE VIEW core_evidence_packs {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    alert_id String COMMENT 'the case',
    state LowCardinality(String) COMMENT 'where the case stood',
    actor String COMMENT 'who took the pack',
    digest String COMMENT 'SHA-256 of its manifest, hexadecimal: the header evidence-digest',
    size_bytes UInt32 COMMENT 'of the ZIP',
    version String COMMENT 'version of the programs that made it',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, alert_id, state, actor, digest, size_bytes, version,
    _ingested_at AS ingested_at
FROM raw_evidence_packs_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'evidence_pack')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Evidence packs of cases that were given out, each once: who took which pack, and when';
