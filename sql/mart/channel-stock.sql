CREATE OR REPLACE VIEW mart_channel_stock {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    in_qty Decimal(38, 3) COMMENT 'all units ever shipped to it, less returned',
    out_qty Decimal(38, 3) COMMENT 'all units that it ever sold',
    book_qty Decimal(38, 3) COMMENT 'channel stock by the books: in_qty - out_qty',
    snapshot_qty Nullable(Decimal(38, 3)) COMMENT 'on_hand + in_transit of its last snapshots; null without one',
    snapshot_at Nullable(DateTime64(3, 'UTC')) COMMENT 'the newest of those snapshots',
    difference_qty Nullable(Decimal(38, 3)) COMMENT 'snapshot_qty - book_qty; null where either is not known',
    reason String COMMENT 'why difference_qty is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    (SELECT count() > 0 FROM raw_scans) AS has_scans,
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    -- Where an order does not name its supplier, the dealer's parent tells who passed the goods on.
    (SELECT count() = 0 FROM raw_dealers) AND (SELECT count() > 0 FROM (SELECT 1 FROM raw_orders WHERE ifNull(supplier_id, '') = '' LIMIT 1)) AS lacks_parents,
    entries AS
    (
        SELECT dealer_id, sku_id, shipped_qty - returned_qty AS came, toDecimal128(0, 3) AS went, toDecimal128(0, 3) AS held, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS held_at
        FROM mart_sales_days
        WHERE shipped_qty != 0 OR returned_qty != 0
        UNION ALL
        SELECT dealer_id, sku_id, toDecimal128(0, 3), sold_units, toDecimal128(0, 3), NULL
        FROM mart_sold_days
        UNION ALL
        SELECT dealer_id, sku_id, toDecimal128(0, 3), toDecimal128(0, 3), toDecimal128(argMax(on_hand + in_transit, last_at), 3), toNullable(max(last_at))
        FROM mart_stock_days
        GROUP BY dealer_id, sku_id, location_id
    )
SELECT
    dealer_id,
    sku_id,
    sum(came) AS in_qty,
    sum(went) AS out_qty,
    in_qty - out_qty AS book_qty,
    if(snapshot_at IS NULL, NULL, toNullable(sum(held))) AS snapshot_qty,
    max(held_at) AS snapshot_at,
    if(reason = '', snapshot_qty - book_qty, NULL) AS difference_qty,
    multiIf(NOT has_orders, 'no feed of orders: nothing is known of what came', NOT has_scans, 'no feed of scans: nothing is known of what was sold',
        lacks_parents, 'no feed of dealers: nothing is known of what they passed on',
        snapshot_at IS NULL, 'no stock snapshot', '') AS reason
FROM entries
GROUP BY dealer_id, sku_id
COMMENT 'Channel stock of each dealer and product by the books, and its difference to the snapshots (D3)'
