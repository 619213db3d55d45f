-- Storage of mart_diversion_signals and mart_diversion_cases.
-- A bucket of signals is one code.
CREATE TABLE IF NOT EXISTS raw_mart_diversion_signals {{on_cluster}}
(
    code String COMMENT 'the code that was scanned',
    kind LowCardinality(String) COMMENT 'the signal',
    source LowCardinality(String) COMMENT 'feed of the scan',
    event_id String COMMENT 'the scan',
    event_time DateTime64(3, 'UTC') COMMENT 'when it was scanned',
    biz_step LowCardinality(String) COMMENT 'what was done',
    sku_id LowCardinality(String) COMMENT 'the product',
    lot LowCardinality(String) COMMENT 'production lot; empty = not known',
    parent_code String COMMENT 'the case or pallet that contains the code; empty = not known',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that the goods were shipped to',
    territory_id LowCardinality(String) COMMENT 'its territory at the shipment',
    shipped_at DateTime64(3, 'UTC') COMMENT 'the shipment that holds for the scan',
    found_dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; empty = a consumer',
    found_adcode LowCardinality(String) COMMENT 'prefecture of the scan',
    p_inside Float64 COMMENT 'probability that the scan was inside the territory after all',
    log_odds Float64 COMMENT 'what the scan adds to the log-odds of a diversion',
    units Float64 COMMENT 'units under the code',
    unit_value Nullable(Decimal(38, 6)) COMMENT 'list price of a unit at the shipment, else its cost; null = neither is known',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of unit_value; empty = not known',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the signal was withdrawn: later data explain the scan'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (code, kind, source, event_id)
COMMENT 'Storage of mart_diversion_signals. Read with FINAL';

CREATE TABLE IF NOT EXISTS raw_mart_diversion_cases {{on_cluster}}
(
    alert_id String COMMENT 'stable id of the case: a hash of origin dealer, found region, product and lot',
    state LowCardinality(String) COMMENT 'where it stands',
    severity LowCardinality(String) COMMENT 'critical, warning or info',
    kinds Array(LowCardinality(String)) COMMENT 'the signals that it rests on',
    confidence Float64 COMMENT 'probability that it is real',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that the goods were shipped to',
    found_dealer_id LowCardinality(String) COMMENT 'the dealer that had them; empty = none did',
    found_adcode LowCardinality(String) COMMENT 'prefecture in which they were found',
    sku_id LowCardinality(String) COMMENT 'the product',
    lot LowCardinality(String) COMMENT 'production lot; empty = not known',
    units Float64 COMMENT 'units involved',
    value Decimal(38, 6) COMMENT 'their value; 0 when no price is known',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of value',
    codes Array(String) COMMENT 'up to 100 of the codes, in order of time',
    first_event_time DateTime64(3, 'UTC') COMMENT 'first scan of the case',
    last_event_time DateTime64(3, 'UTC') COMMENT 'last scan of the case',
    raised_at DateTime64(3, 'UTC') COMMENT 'when it was raised',
    updated_at DateTime64(3, 'UTC') COMMENT 'when it last changed',
    assignee String COMMENT 'who works on it; empty = nobody',
    reason String COMMENT 'reason of its state; empty = none given',
    version UInt64 COMMENT 'run that wrote the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = withdrawn before anybody took it up: later data explain it'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY alert_id
COMMENT 'Storage of mart_diversion_cases. Read with FINAL';

-- Emptied by each run of the processor that uses it.
CREATE TABLE IF NOT EXISTS raw_dirty_codes {{on_cluster}}
(
    code String COMMENT 'a code that new deliveries touch',
    version UInt64 COMMENT 'the run that noted it'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (version, code)
COMMENT 'Codes that the running processor evaluates anew';
