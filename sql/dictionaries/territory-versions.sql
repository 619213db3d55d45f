-- The version of a territory that held at an instant: dictGet('raw_territory_versions', 'name', tuple(territory_id), event_time).
-- A ClickHouse server looks every few seconds and loads it again when a version has come. The embedded build keeps no such
-- clock, and a processor cannot wait for it: after new versions the processors run SYSTEM RELOAD DICTIONARY.
CREATE OR REPLACE DICTIONARY raw_territory_versions {{on_cluster}}
(
    territory_id String,
    valid_from DateTime64(3, 'UTC'),
    valid_through DateTime64(3, 'UTC'),
    name Nullable(String),
    adcodes Array(String),
    geometry Nullable(String)
)
PRIMARY KEY territory_id
SOURCE(CLICKHOUSE(
    {{dictionary_access}}
    QUERY 'SELECT territory_id, valid_from, subtractMilliseconds(effective_to, 1) AS valid_through, name, adcodes, geometry FROM {{database}}.core_territories WHERE effective_to > valid_from'
    INVALIDATE_QUERY 'SELECT count(), max(_ingested_at), (SELECT count() FROM {{database}}.raw_event_conflicts) FROM {{database}}.raw_territories_by_key'
))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(RANGE_LOOKUP_STRATEGY 'max'))
RANGE(MIN valid_from MAX valid_through)
LIFETIME(MIN 1 MAX 2)
COMMENT 'Versions of territories by the time through which they hold';
