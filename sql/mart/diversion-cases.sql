CREATE OR REPLACE VIEW mart_diversion_cases {{on_cluster}}
(
    alert_id String COMMENT 'stable id of the case: a hash of origin dealer, found region, product and lot',
    state LowCardinality(String) COMMENT 'where it stands',
    severity LowCardinality(String) COMMENT 'critical, warning or info',
    kinds Array(LowCardinality(String)) COMMENT 'the signals that it rests on',
    confidence Float64 COMMENT 'probability that it is real',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that the goods were shipped to',
    found_dealer_id LowCardinality(String) COMMENT 'the dealer that had them; empty = none did',
    found_adcode LowCardinality(String) COMMENT 'prefecture in which they were found',
    found_territory_id LowCardinality(String) COMMENT 'territory whose outline holds the place in which they were found, where that is in no prefecture; empty = none, or no one region',
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
    lapsed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'since when what is known would raise it no more, though people have taken it up: its figures are as they last were; null = it stands on evidence',
    member_ids Array(String) COMMENT 'cases that people merged into this one, whose goods it covers; they are in mart_diversion_case_members'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    alert_id,
    state,
    severity,
    kinds,
    confidence,
    origin_dealer_id,
    found_dealer_id,
    found_adcode,
    found_territory_id,
    sku_id,
    lot,
    units,
    value,
    currency,
    codes,
    first_event_time,
    last_event_time,
    raised_at,
    updated_at,
    assignee,
    reason,
    lapsed_at,
    member_ids
FROM raw_mart_diversion_cases FINAL
WHERE merged_into = ''
COMMENT 'Cases of diversion (D14): signals fused by origin dealer, found region, product and lot, with what people did about them. One that was merged into another is part of that one'
