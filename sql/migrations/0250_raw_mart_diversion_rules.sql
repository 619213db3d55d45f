-- Signals of diversion that are about more than the place of a scan.
ALTER TABLE raw_mart_diversion_signals {{on_cluster}}
    ADD COLUMN IF NOT EXISTS region LowCardinality(String) COMMENT 'prefecture that its case is about; empty = no one region, as of a copied code' AFTER found_adcode,
    ADD COLUMN IF NOT EXISTS session_id String COMMENT 'session, else device, that scanned; empty = neither is told' AFTER region;

-- Codes that are judged again when scans have come up to `due_at`: until then late data may explain what they show.
CREATE TABLE IF NOT EXISTS raw_held_codes {{on_cluster}}
(
    code String COMMENT 'a code whose signal is held',
    due_at DateTime64(3, 'UTC') COMMENT 'event time that the feed of scans must have passed',
    version UInt64 COMMENT 'run that held it; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = judged since, it waits no more'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY code
COMMENT 'Codes whose signals wait for late data. Read with FINAL';

-- Storage of mart_dealer_signals: signals about a dealer and a product that rest on no single code.
CREATE TABLE IF NOT EXISTS raw_mart_dealer_signals {{on_cluster}}
(
    kind LowCardinality(String) COMMENT 'the signal',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that it speaks against',
    sku_id LowCardinality(String) COMMENT 'the product',
    ref String COMMENT 'what it rests on: an order line, or the first day of a period',
    found_dealer_id LowCardinality(String) COMMENT 'the other dealer of a pair; empty = none',
    region LowCardinality(String) COMMENT 'prefecture that its case is about: of the other dealer, else of the dealer',
    first_event_time DateTime64(3, 'UTC') COMMENT 'first event that it rests on',
    event_time DateTime64(3, 'UTC') COMMENT 'last event that it rests on',
    log_odds Float64 COMMENT 'what it adds to the log-odds of a diversion',
    units Float64 COMMENT 'units in question',
    unit_value Nullable(Decimal(38, 6)) COMMENT 'value of a unit; null = no price is known',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of unit_value; empty = not known',
    expected Float64 COMMENT 'what was to be expected: floor price, units, or share of codes seen',
    observed Float64 COMMENT 'what was seen instead',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = withdrawn: later data explain it'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (kind, origin_dealer_id, sku_id, found_dealer_id, ref)
COMMENT 'Storage of mart_dealer_signals. Read with FINAL';
