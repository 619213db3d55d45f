-- Versions of dealers as they were known at another time: core_dealers is what it says of all that is known.
-- SELECT * FROM core_dealers_as_known(known_at = '2026-11-24 12:00:00') WHERE valid_from <= '2026-11-01' AND '2026-11-01' < effective_to
CREATE OR REPLACE VIEW core_dealers_as_known {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds',
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    name String COMMENT 'name of the dealer',
    tier UInt8 COMMENT 'level in the channel, 1 buys from HQ',
    parent_dealer_id LowCardinality(Nullable(String)) COMMENT 'the dealer it buys from; empty when it buys from HQ; null when left out',
    territory_id LowCardinality(String) COMMENT 'the territory it may sell in',
    adcode LowCardinality(Nullable(String)) COMMENT 'GB/T 2260 code of the administrative division; null when left out',
    lat Nullable(Float64) COMMENT 'latitude, degrees; null when left out',
    lon Nullable(Float64) COMMENT 'longitude, degrees; null when left out',
    status LowCardinality(String) COMMENT 'where it stands in its life',
    wave LowCardinality(Nullable(String)) COMMENT 'roll-out wave that it came in with; null when left out',
    licence_expires Nullable(Date32) COMMENT 'last day of its licence; null when left out',
    effective_to DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds no more: the earlier of valid_to and the valid_from of the next; 2299-12-31 = open',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS open_end,
    versions AS
    (
        SELECT event_id, source, event_time, valid_from, valid_to, dealer_id, name, tier, parent_dealer_id, territory_id, adcode, lat, lon, status, wave, licence_expires, _ingested_at, bitNot(_precedence) AS ingest_place
        FROM raw_dealers_by_key FINAL
        WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'dealer')
          AND _ingested_at <= {known_at: DateTime64(3, 'UTC')}
    ),
    ranges AS
    (
        SELECT
            *,
            leadInFrame(valid_from, 1, open_end) OVER
            (
                PARTITION BY dealer_id
                ORDER BY valid_from, event_time, ingest_place
                ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
            ) AS next_valid_from
        FROM versions
    )
SELECT
    event_id, source, event_time, valid_from, valid_to, dealer_id, name, tier, parent_dealer_id, territory_id, adcode, lat, lon, status, wave, licence_expires,
    least(ifNull(valid_to, open_end), next_valid_from) AS effective_to,
    _ingested_at AS ingested_at
FROM ranges
COMMENT 'Versions of dealers as they were known at known_at, out of those that had been written here by then, each with the time through which it holds'
