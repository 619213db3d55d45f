-- What was shipped and returned, once more in the order of the dealers: the rebates of some dealers then read those alone.
CREATE TABLE IF NOT EXISTS raw_mart_dealer_sales {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    sku_id LowCardinality(String) COMMENT 'the product',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the values',
    cost_currency LowCardinality(String) COMMENT 'ISO 4217 currency of the costs; empty when no cost is known',
    shipped_qty Decimal(38, 3) COMMENT 'units shipped',
    shipped_value Decimal(38, 6) COMMENT 'value shipped, in currency',
    returned_qty Decimal(38, 3) COMMENT 'units returned',
    returned_value Decimal(38, 6) COMMENT 'value returned, in currency',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the bucket no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (dealer_id, day, sku_id, currency, cost_currency)
COMMENT 'Shipments and returns of raw_mart_sales_days by dealer. Read with FINAL';

-- A day that no longer has any is ended by the row that ends the former one.
CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_sales_days_to_dealer_sales {{on_cluster}}
TO raw_mart_dealer_sales
AS SELECT dealer_id, day, sku_id, currency, cost_currency, shipped_qty, shipped_value, returned_qty, returned_value, version, is_deleted
FROM raw_mart_sales_days
WHERE shipped_qty > 0 OR returned_qty > 0
COMMENT 'Copies each insert into raw_mart_sales_days to raw_mart_dealer_sales';
