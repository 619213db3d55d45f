CREATE OR REPLACE VIEW mart_sold_days {{on_cluster}}
(
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    dealer_id LowCardinality(String) COMMENT 'the dealer that sold',
    sku_id LowCardinality(String) COMMENT 'the product',
    retail_units Decimal(38, 3) COMMENT 'units by its retail_selling scans: a unit is one, a case its pack_qty valid then (one where none is known); a code scanned twice on a day counts once',
    onward_units Decimal(38, 3) COMMENT 'units shipped to dealers that it supplies, less what they returned',
    sold_units Decimal(38, 3) COMMENT 'retail_units + onward_units'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH parts AS
    (
        SELECT
            toDate32(event_time, '{{time_zone}}') AS day, dealer_id, sku_id,
            if(any(level) = 'unit', toDecimal128(1, 3), toDecimal128(ifNull(any(dictGet('raw_product_versions', 'pack_qty', tuple(sku_id), event_time)), 1), 3)) AS retail,
            toDecimal128(0, 3) AS onward
        FROM core_scans
        WHERE biz_step = 'retail_selling' AND level IN ('unit', 'case')
        GROUP BY day, dealer_id, sku_id, code
        UNION ALL
        SELECT
            toDate32(event_time, '{{time_zone}}') AS day, assumeNotNull(supplied_by) AS dealer_id, sku_id,
            toDecimal128(0, 3) AS retail, toDecimal128(if(stage = 'shipped', qty, -qty), 3) AS onward
        FROM core_orders
        WHERE stage IN ('shipped', 'returned') AND supplied_by IS NOT NULL AND supplied_by != 'HQ'
    )
SELECT
    day,
    dealer_id,
    sku_id,
    sum(retail) AS retail_units,
    sum(onward) AS onward_units,
    retail_units + onward_units AS sold_units
FROM parts
GROUP BY day, dealer_id, sku_id
COMMENT 'What dealers sold, by day: to consumers and to dealers below them (sell-through)'
