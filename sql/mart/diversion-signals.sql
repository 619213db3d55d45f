CREATE OR REPLACE VIEW mart_diversion_signals {{on_cluster}}
(
    code String COMMENT 'the code that was scanned, as its first scan spells it',
    item String COMMENT 'what all spellings of the code have in common (core_item_key)',
    kind LowCardinality(String) COMMENT 'the signal',
    source LowCardinality(String) COMMENT 'feed of the scan',
    event_id String COMMENT 'the scan',
    event_time DateTime64(3, 'UTC') COMMENT 'when it was scanned',
    biz_step LowCardinality(String) COMMENT 'what was done',
    sku_id LowCardinality(String) COMMENT 'the product',
    lot LowCardinality(String) COMMENT 'production lot; empty = not known',
    parent_code String COMMENT 'item of the case or pallet that contains the code; empty = not known',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that the goods were shipped to',
    territory_id LowCardinality(String) COMMENT 'its territory at the shipment',
    shipped_at DateTime64(3, 'UTC') COMMENT 'the shipment that holds for the scan',
    found_dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; empty = a consumer',
    found_adcode LowCardinality(String) COMMENT 'prefecture of the scan',
    region LowCardinality(String) COMMENT 'prefecture that its case is about; empty = no one region, as of a copied code',
    session_id String COMMENT 'session, else device, that scanned; empty = neither is told',
    p_inside Float64 COMMENT 'probability that the scan was inside the territory after all',
    log_odds Float64 COMMENT 'what the scan adds to the log-odds of a diversion',
    units Float64 COMMENT 'units under the code',
    unit_value Nullable(Decimal(38, 6)) COMMENT 'list price of a unit at the shipment, else its cost; null = neither is known',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of unit_value; empty = not known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    if(sent_code = '', signals.code, sent_code) AS code,
    signals.code AS item,
    kind,
    source,
    event_id,
    event_time,
    biz_step,
    sku_id,
    lot,
    parent_code,
    origin_dealer_id,
    territory_id,
    shipped_at,
    found_dealer_id,
    found_adcode,
    region,
    session_id,
    p_inside,
    log_odds,
    units,
    unit_value,
    currency
FROM raw_mart_diversion_signals AS signals FINAL
COMMENT 'Scans that speak for a diversion, and how loudly. Signals that later data explain are gone; of dealers, see mart_dealer_signals'
