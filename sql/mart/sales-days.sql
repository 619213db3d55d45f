CREATE OR REPLACE VIEW mart_sales_days {{on_cluster}}
(
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    sku_id LowCardinality(String) COMMENT 'the product',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the values',
    cost_currency LowCardinality(String) COMMENT 'ISO 4217 currency of the costs; empty when no cost is known',
    placed_lines UInt64 COMMENT 'order lines placed; a line placed again, after a rework say, counts as it was placed first',
    placed_qty Decimal(38, 3) COMMENT 'units placed',
    placed_value Decimal(38, 9) COMMENT 'value placed, in currency',
    cancelled_qty Decimal(38, 3) COMMENT 'units cancelled',
    cancelled_value Decimal(38, 9) COMMENT 'value cancelled, in currency',
    shipped_qty Decimal(38, 3) COMMENT 'units shipped',
    shipped_value Decimal(38, 9) COMMENT 'value shipped, in currency',
    shipped_cost Decimal(38, 9) COMMENT 'cost of the units shipped, at the unit cost valid then, in cost_currency',
    returned_qty Decimal(38, 3) COMMENT 'units returned',
    returned_value Decimal(38, 9) COMMENT 'value returned, in currency',
    returned_cost Decimal(38, 9) COMMENT 'cost of the units returned, at the unit cost valid then, in cost_currency',
    uncosted_qty Decimal(38, 3) COMMENT 'units shipped or returned for which no unit cost was known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    day,
    dealer_id,
    sku_id,
    currency,
    cost_currency,
    placed_lines,
    placed_qty,
    placed_value,
    cancelled_qty,
    cancelled_value,
    shipped_qty,
    shipped_value,
    shipped_cost,
    returned_qty,
    returned_value,
    returned_cost,
    uncosted_qty
FROM raw_mart_sales_days FINAL
COMMENT 'Sales of a dealer, product and local day: placed, cancelled, shipped and returned, with the cost valid then. COGS = shipped_cost - returned_cost; net order value = placed - cancelled - returned'
