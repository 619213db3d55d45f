CREATE OR REPLACE VIEW mart_sold_days {{on_cluster}}
(
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    dealer_id LowCardinality(String) COMMENT 'the dealer that sold',
    sku_id LowCardinality(String) COMMENT 'the product',
    retail_units Decimal(38, 3) COMMENT 'units by its retail_selling scans: a unit is one, a case its pack_qty valid then (one where none is known); a code scanned twice on a day counts once, in whatever spelling',
    onward_units Decimal(38, 3) COMMENT 'units shipped to dealers that it supplies, less what they returned',
    sold_units Decimal(38, 3) COMMENT 'retail_units + onward_units'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    day,
    dealer_id,
    sku_id,
    sum(retail) AS retail_units,
    sum(onward) AS onward_units,
    retail_units + onward_units AS sold_units
FROM raw_sold_moves
GROUP BY day, dealer_id, sku_id
COMMENT 'What dealers sold, by day: to consumers and to dealers below them (sell-through)'
