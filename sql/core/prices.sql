-- Versions of price rules. Of two with one valid_from the one with the later event_time holds; the other is kept, with effective_to = valid_from.
CREATE OR REPLACE VIEW core_prices {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds',
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open',
    sku_id LowCardinality(String) COMMENT 'the product',
    tier UInt8 COMMENT 'tier of the dealer; 0 = any',
    territory_id LowCardinality(String) COMMENT 'territory of the dealer; "" = any',
    floor_price Decimal(38, 6) COMMENT 'lowest net unit price allowed, in currency',
    guide_price Nullable(Decimal(38, 6)) COMMENT 'recommended unit price, in currency; null when left out',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    effective_to DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds no more: the earlier of valid_to and the valid_from of the next; 2299-12-31 = open',
    is_current Bool COMMENT 'whether it holds now',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, valid_from, valid_to, sku_id, tier, territory_id, floor_price, guide_price, currency,
    effective_to,
    toBool(valid_from <= now64(3, 'UTC') AND now64(3, 'UTC') < effective_to) AS is_current,
    ingested_at
FROM {{database}}.core_prices_as_known(known_at = '2299-12-31 00:00:00')
COMMENT 'Versions of price rules, each with the time through which it holds';
