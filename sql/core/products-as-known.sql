-- Versions of products as they were known at another time: core_products is what it says of all that is known.
-- SELECT * FROM core_products_as_known(known_at = '2026-11-24 12:00:00') WHERE valid_from <= '2026-11-01' AND '2026-11-01' < effective_to
CREATE OR REPLACE VIEW core_products_as_known {{on_cluster}}
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
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS open_end,
    versions AS
    (
        SELECT event_id, source, event_time, valid_from, valid_to, sku_id, gtin, name, category, brand, unit_cost, list_price, currency, pack_qty, lead_time_days, shelf_life_days, _ingested_at, bitNot(_precedence) AS ingest_place
        FROM raw_products_by_key FINAL
        WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'product')
          AND _ingested_at <= {known_at: DateTime64(3, 'UTC')}
    ),
    ranges AS
    (
        SELECT
            *,
            leadInFrame(valid_from, 1, open_end) OVER
            (
                PARTITION BY sku_id
                ORDER BY valid_from, event_time, ingest_place
                ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
            ) AS next_valid_from
        FROM versions
    )
SELECT
    event_id, source, event_time, valid_from, valid_to, sku_id, gtin, name, category, brand, unit_cost, list_price, currency, pack_qty, lead_time_days, shelf_life_days,
    least(ifNull(valid_to, open_end), next_valid_from) AS effective_to,
    _ingested_at AS ingested_at
FROM ranges
COMMENT 'Versions of products as they were known at known_at, out of those that had been written here by then, each with the time through which it holds'
