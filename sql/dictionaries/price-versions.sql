-- The version of a price rule that held at an instant: dictGet('raw_price_versions', 'name', tuple(sku_id, tier, territory_id, currency), event_time).
-- A ClickHouse server looks every few seconds and loads it again when a version has come. The embedded build keeps no such
-- clock, and a processor cannot wait for it: after new versions the processors run SYSTEM RELOAD DICTIONARY.
CREATE OR REPLACE DICTIONARY raw_price_versions {{on_cluster}}
(
    sku_id String,
    tier UInt8,
    territory_id String,
    currency String,
    valid_from DateTime64(3, 'UTC'),
    valid_through DateTime64(3, 'UTC'),
    floor_price Nullable(Decimal(38, 6)),
    guide_price Nullable(Decimal(38, 6))
)
PRIMARY KEY sku_id, tier, territory_id, currency
SOURCE(CLICKHOUSE(
    {{dictionary_access}}
    QUERY 'SELECT sku_id, tier, territory_id, currency, valid_from, subtractMilliseconds(effective_to, 1) AS valid_through, floor_price, guide_price FROM {{database}}.core_prices WHERE effective_to > valid_from'
    INVALIDATE_QUERY 'SELECT count(), max(_ingested_at), (SELECT count() FROM {{database}}.raw_event_conflicts) FROM {{database}}.raw_prices_by_key'
))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(RANGE_LOOKUP_STRATEGY 'max'))
RANGE(MIN valid_from MAX valid_through)
LIFETIME(MIN 1 MAX 2)
COMMENT 'Versions of price rules by the time through which they hold';
