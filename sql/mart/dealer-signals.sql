CREATE OR REPLACE VIEW mart_dealer_signals {{on_cluster}}
(
    kind LowCardinality(String) COMMENT 'the signal: missing_scans, below_floor, order_surge or paired_buyer',
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
    observed Float64 COMMENT 'what was seen instead'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    kind,
    origin_dealer_id,
    sku_id,
    ref,
    found_dealer_id,
    region,
    first_event_time,
    event_time,
    log_odds,
    units,
    unit_value,
    currency,
    expected,
    observed
FROM raw_mart_dealer_signals FINAL
COMMENT 'What orders, prices and missing scans of a dealer say of diversion, and how loudly. Signals that later data explain are gone'
