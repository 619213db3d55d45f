-- The version of a product that held at an instant: dictGet('raw_product_versions', 'name', tuple(sku_id), event_time).
-- A ClickHouse server looks every few seconds and loads it again when a version has come. The embedded build keeps no such
-- clock, and a processor cannot wait for it: after new versions the processors run SYSTEM RELOAD DICTIONARY.
CREATE OR REPLACE DICTIONARY raw_product_versions {{on_cluster}}
(
    sku_id String,
    valid_from DateTime64(3, 'UTC'),
    valid_through DateTime64(3, 'UTC'),
    name Nullable(String),
    category Nullable(String),
    brand Nullable(String),
    gtin Nullable(String),
    unit_cost Nullable(Decimal(38, 6)),
    list_price Nullable(Decimal(38, 6)),
    currency Nullable(String),
    pack_qty Nullable(Decimal(18, 3)),
    lead_time_days Nullable(Float64),
    shelf_life_days Nullable(UInt32)
)
PRIMARY KEY sku_id
SOURCE(CLICKHOUSE(
    {{dictionary_access}}
    QUERY 'SELECT sku_id, valid_from, subtractMilliseconds(effective_to, 1) AS valid_through, name, category, brand, gtin, unit_cost, list_price, currency, pack_qty, lead_time_days, shelf_life_days FROM {{database}}.core_products WHERE effective_to > valid_from'
    INVALIDATE_QUERY 'SELECT count(), max(_ingested_at), (SELECT count() FROM {{database}}.raw_event_conflicts) FROM {{database}}.raw_products_by_key'
))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(RANGE_LOOKUP_STRATEGY 'max'))
RANGE(MIN valid_from MAX valid_through)
LIFETIME(MIN 1 MAX 2)
COMMENT 'Versions of products by the time through which they hold';
