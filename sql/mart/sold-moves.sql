CREATE OR REPLACE VIEW raw_sold_moves {{on_cluster}}
(
    day Date32 COMMENT 'local day on which it was sold: what is asked of some days reads those',
    sold_at DateTime64(3, 'UTC') COMMENT 'when it was sold',
    dealer_id LowCardinality(String) COMMENT 'the dealer that sold',
    sku_id LowCardinality(String) COMMENT 'the product',
    retail Decimal(38, 3) COMMENT 'units by a retail_selling scan: a unit is one, a case its pack_qty valid then (one where none is known); a code scanned twice on a day counts once, in whatever spelling',
    onward Decimal(38, 3) COMMENT 'units shipped to a dealer that it supplies; less than 0 = returned by it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT day, sold_at, dealer_id, sku_id, retail, onward
FROM
(
    SELECT
        toDate32(event_time, '{{time_zone}}') AS day, min(event_time) AS sold_at, dealer_id, sku_id,
        if(any(level) = 'unit', toDecimal128(1, 3), toDecimal128(ifNull(any(dictGet('raw_product_versions', 'pack_qty', tuple(sku_id), event_time)), 1), 3)) AS retail,
        toDecimal128(0, 3) AS onward
    FROM core_scans
    WHERE biz_step = 'retail_selling' AND level IN ('unit', 'case')
    GROUP BY day, dealer_id, sku_id, core_item_key(code)
    UNION ALL
    SELECT
        toDate32(event_time, '{{time_zone}}') AS day, event_time AS sold_at, assumeNotNull(supplied_by) AS dealer_id, sku_id,
        toDecimal128(0, 3) AS retail, toDecimal128(if(stage = 'shipped', qty, -qty), 3) AS onward
    FROM core_orders
    WHERE stage IN ('shipped', 'returned') AND supplied_by IS NOT NULL AND supplied_by != 'HQ'
)
COMMENT 'Each sale of a dealer with its time: what mart_sold_days adds up by day, and mart_channel_stock up to a snapshot'
