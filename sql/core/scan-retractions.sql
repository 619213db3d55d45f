-- Scans that were declared errors: the first delivery of each declaration. `core_scans` leaves these scans out.
CREATE OR REPLACE VIEW core_scan_retractions {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; "" only for a consumer''s scan',
    code String COMMENT 'the code that was scanned',
    reason LowCardinality(Nullable(String)) COMMENT 'why, in a word of the Core Business Vocabulary; null when left out',
    corrective_event_ids Nullable(String) COMMENT 'EPCIS ids of the events that hold instead, parted by spaces; null when left out',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, dealer_id, code, reason, corrective_event_ids,
    _ingested_at AS ingested_at
FROM raw_scan_retractions_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'scan_retraction')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Scans declared errors by their sender, each once';
