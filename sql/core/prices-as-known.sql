-- Versions of price rules as they were known at another time: core_prices is what it says of all that is known.
-- SELECT * FROM core_prices_as_known(known_at = '2026-11-24 12:00:00') WHERE valid_from <= '2026-11-01' AND '2026-11-01' < effective_to
CREATE OR REPLACE VIEW core_prices_as_known {{on_cluster}}
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
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS open_end,
    versions AS
    (
        SELECT event_id, source, event_time, valid_from, valid_to, sku_id, ifNull(tier, 0) AS tier, ifNull(territory_id, '') AS territory_id, floor_price, guide_price, currency, _ingested_at, bitNot(_precedence) AS ingest_place
        FROM raw_prices_by_key FINAL
        WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'price')
          AND _ingested_at <= {known_at: DateTime64(3, 'UTC')}
    ),
    ranges AS
    (
        SELECT
            *,
            leadInFrame(valid_from, 1, open_end) OVER
            (
                PARTITION BY sku_id, tier, territory_id, currency
                ORDER BY valid_from, event_time, ingest_place
                ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
            ) AS next_valid_from
        FROM versions
    )
SELECT
    event_id, source, event_time, valid_from, valid_to, sku_id, tier, territory_id, floor_price, guide_price, currency,
    least(ifNull(valid_to, open_end), next_valid_from) AS effective_to,
    _ingested_at AS ingested_at
FROM ranges
COMMENT 'Versions of price rules as they were known at known_at, out of those that had been written here by then, each with the time through which it holds'
