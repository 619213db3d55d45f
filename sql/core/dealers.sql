-- Versions of dealers. Of two with one valid_from the one with the later event_time holds; the other is kept, with effective_to = valid_from.
CREATE OR REPLACE VIEW core_dealers {{on_cluster}}
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
    is_current Bool COMMENT 'whether it holds now',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, valid_from, valid_to, dealer_id, name, tier, parent_dealer_id, territory_id, adcode, lat, lon, status, wave, licence_expires,
    effective_to,
    toBool(valid_from <= now64(3, 'UTC') AND now64(3, 'UTC') < effective_to) AS is_current,
    ingested_at
FROM {{database}}.core_dealers_as_known(known_at = '2299-12-31 00:00:00')
COMMENT 'Versions of dealers, each with the time through which it holds';
