CREATE OR REPLACE VIEW mart_diversion_case_members {{on_cluster}}
(
    alert_id String COMMENT 'a case that people merged into another',
    lead_alert_id String COMMENT 'the case that it is part of',
    kinds Array(LowCardinality(String)) COMMENT 'the signals that it rests on by itself',
    confidence Float64 COMMENT 'probability that it is real by itself',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that the goods were shipped to',
    found_adcode LowCardinality(String) COMMENT 'prefecture in which they were found; empty = no one region',
    found_territory_id LowCardinality(String) COMMENT 'territory whose outline holds the place in which they were found, where that is in no prefecture; empty = none, or no one region',
    sku_id LowCardinality(String) COMMENT 'the product',
    lot LowCardinality(String) COMMENT 'production lot; empty = not known',
    units Float64 COMMENT 'units involved in it; its lead counts each code once',
    value Decimal(38, 6) COMMENT 'their value; 0 when no price is known',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of value',
    first_event_time DateTime64(3, 'UTC') COMMENT 'its first scan',
    last_event_time DateTime64(3, 'UTC') COMMENT 'its last scan',
    raised_at DateTime64(3, 'UTC') COMMENT 'when it was raised',
    lapsed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'since when what is known would raise it no more by itself: its figures are as they last were; null = it stands on evidence'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    alert_id,
    merged_into AS lead_alert_id,
    kinds,
    confidence,
    origin_dealer_id,
    found_adcode,
    found_territory_id,
    sku_id,
    lot,
    units,
    value,
    currency,
    first_event_time,
    last_event_time,
    raised_at,
    lapsed_at
FROM raw_mart_diversion_cases FINAL
WHERE merged_into != ''
COMMENT 'Cases that are part of another, each by itself (D14). Who merged them, when and why: core_case_groupings'
