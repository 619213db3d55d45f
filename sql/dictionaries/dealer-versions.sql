-- The version of a dealer that held at an instant: dictGet('raw_dealer_versions', 'name', tuple(dealer_id), event_time).
-- A ClickHouse server looks every few seconds and loads it again when a version has come. The embedded build keeps no such
-- clock, and a processor cannot wait for it: after new versions the processors run SYSTEM RELOAD DICTIONARY.
CREATE OR REPLACE DICTIONARY raw_dealer_versions {{on_cluster}}
(
    dealer_id String,
    valid_from DateTime64(3, 'UTC'),
    valid_through DateTime64(3, 'UTC'),
    name Nullable(String),
    tier Nullable(UInt8),
    parent_dealer_id Nullable(String),
    territory_id Nullable(String),
    adcode Nullable(String),
    lat Nullable(Float64),
    lon Nullable(Float64),
    status Nullable(String),
    wave Nullable(String),
    licence_expires Nullable(Date32)
)
PRIMARY KEY dealer_id
SOURCE(CLICKHOUSE(
    {{dictionary_access}}
    QUERY 'SELECT dealer_id, valid_from, subtractMilliseconds(effective_to, 1) AS valid_through, name, tier, parent_dealer_id, territory_id, adcode, lat, lon, status, wave, licence_expires FROM {{database}}.core_dealers WHERE effective_to > valid_from'
    INVALIDATE_QUERY 'SELECT count(), max(_ingested_at), (SELECT count() FROM {{database}}.raw_event_conflicts) FROM {{database}}.raw_dealers_by_key'
))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(RANGE_LOOKUP_STRATEGY 'max'))
RANGE(MIN valid_from MAX valid_through)
LIFETIME(MIN 1 MAX 2)
COMMENT 'Versions of dealers by the time through which they hold';
