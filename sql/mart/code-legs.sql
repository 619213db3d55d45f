CREATE OR REPLACE VIEW mart_code_legs {{on_cluster}}
(
    shipped_day Date32 COMMENT 'UTC day of the shipment',
    code String COMMENT 'the code, as its first scan spells it',
    item String COMMENT 'what all spellings of the code have in common (core_item_key)',
    leg_no UInt32 COMMENT 'place of the shipment in the way of the code, from 1',
    level LowCardinality(String) COMMENT 'what the code is on, by its first scan',
    sku_id LowCardinality(String) COMMENT 'the product, by its first scan',
    dealer_id LowCardinality(String) COMMENT 'the dealer that the shipment is meant for',
    shipped_at DateTime64(3, 'UTC') COMMENT 'the shipment',
    next_seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'the first scan after it, packing left out, by another hand than shipped it (by whom it is meant for, also one up to 15 minutes before: clocks differ); null = none'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT shipped_day, if(sent_code = '', kept.code, sent_code) AS code, kept.code AS item, leg_no, level, sku_id, dealer_id, shipped_at, next_seen_at
FROM raw_mart_code_legs AS kept FINAL
COMMENT 'Shipments of logistics codes to dealers, by their day: with shipped_day given, only those days are read'
