CREATE OR REPLACE VIEW mart_code_shipments {{on_cluster}}
(
    shipped_day Date32 COMMENT 'UTC day of the first shipment of the code to a dealer',
    code String COMMENT 'the code, as its first scan spells it',
    item String COMMENT 'what all spellings of the code have in common (core_item_key)',
    first_shipped_at DateTime64(3, 'UTC') COMMENT 'its first shipment to a dealer',
    seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first scan at or after receiving that follows, by whom it was shipped to from 15 minutes before on; null = none',
    dealer_id LowCardinality(String) COMMENT 'the dealer that its first shipment is meant for',
    shipped_by LowCardinality(String) COMMENT 'the dealer whose scan its first shipment is',
    sku_id LowCardinality(String) COMMENT 'the product, by its first scan'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT shipped_day, if(sent_code = '', kept.code, sent_code) AS code, kept.code AS item, first_shipped_at, seen_at, dealer_id, shipped_by, sku_id
FROM raw_mart_code_shipments AS kept FINAL
COMMENT 'Logistics codes that were shipped to a dealer, by the day of their first shipment: with shipped_day given, only those days are read (D8)'
