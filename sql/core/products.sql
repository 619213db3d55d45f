-- Versions of products. Of two with one valid_from the one with the later event_time holds; the other is kept, with effective_to = valid_from.
CREATE OR REPLACE VIEW core_products {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds',
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open',
    sku_id LowCardinality(String) COMMENT 'the product',
    gtin Nullable(String) COMMENT 'GTIN-8, -12, -13 or -14; null when left out',
    name String COMMENT 'name of the product',
    category LowCardinality(String) COMMENT 'category of the product',
    brand LowCardinality(Nullable(String)) COMMENT 'brand; null when left out',
    unit_cost Nullable(Decimal(38, 6)) COMMENT 'cost of one unit, in currency; null when left out',
    list_price Nullable(Decimal(38, 6)) COMMENT 'list price of one unit, in currency; null when left out',
    currency LowCardinality(Nullable(String)) COMMENT 'ISO 4217 currency of the money in this event; null when left out',
    pack_qty Nullable(Decimal(18, 3)) COMMENT 'units in a pack: orders are rounded up to it; null when left out',
    lead_time_days Nullable(Float64) COMMENT 'order to receipt, days; null when left out',
    shelf_life_days Nullable(UInt32) COMMENT 'days that it keeps; null when left out',
    effective_to DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds no more: the earlier of valid_to and the valid_from of the next; 2299-12-31 = open',
    is_current Bool COMMENT 'whether it holds now',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, valid_from, valid_to, sku_id, gtin, name, category, brand, unit_cost, list_price, currency, pack_qty, lead_time_days, shelf_life_days,
    effective_to,
    toBool(valid_from <= now64(3, 'UTC') AND now64(3, 'UTC') < effective_to) AS is_current,
    ingested_at
FROM {{database}}.core_products_as_known(known_at = '2299-12-31 00:00:00')
COMMENT 'Versions of products, each with the time through which it holds';
