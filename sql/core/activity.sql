-- Acts of dealers' people: the first delivery of each event.
-- Reference columns are those valid at event_time; each is looked up only where it is read. Null = no version was valid.
CREATE OR REPLACE VIEW core_activity {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    kind LowCardinality(String) COMMENT 'what was done',
    user_ref Nullable(String) COMMENT 'who did it, as the source names them; null when left out',
    subject_id Nullable(String) COMMENT 'what it was done to: the course, the return, the lead, the ticket; null when left out',
    dealer_name Nullable(String) COMMENT 'name of the dealer, as of the event',
    dealer_tier Nullable(UInt8) COMMENT 'level of the dealer in the channel, as of the event',
    parent_dealer_id Nullable(String) COMMENT 'whom the dealer buys from, as of the event; empty = HQ',
    dealer_status Nullable(String) COMMENT 'where the dealer stood in its life, as of the event',
    territory_id Nullable(String) COMMENT 'territory of the dealer, as of the event',
    adcode Nullable(String) COMMENT 'division (GB/T 2260) of the dealer, as of the event',
    wave Nullable(String) COMMENT 'roll-out wave of the dealer, as of the event',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, dealer_id, kind, user_ref, subject_id,
    dictGet('raw_dealer_versions', 'name', tuple(dealer_id), event_time) AS dealer_name,
    dictGet('raw_dealer_versions', 'tier', tuple(dealer_id), event_time) AS dealer_tier,
    dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(dealer_id), event_time) AS parent_dealer_id,
    dictGet('raw_dealer_versions', 'status', tuple(dealer_id), event_time) AS dealer_status,
    dictGet('raw_dealer_versions', 'territory_id', tuple(dealer_id), event_time) AS territory_id,
    dictGet('raw_dealer_versions', 'adcode', tuple(dealer_id), event_time) AS adcode,
    dictGet('raw_dealer_versions', 'wave', tuple(dealer_id), event_time) AS wave,
    _ingested_at AS ingested_at
FROM raw_activity_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'activity')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Acts of dealers'' people, each event once, with the reference data valid at its time';
