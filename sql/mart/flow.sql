CREATE OR REPLACE VIEW mart_flow {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    opening_qty Nullable(Decimal(38, 3)) COMMENT 'units on hand at the start of the 28 local days before today, by the last snapshots before (at most 35 days old); null without one',
    received_qty Decimal(38, 3) COMMENT 'units shipped to it in those days, less returned',
    sold_qty Decimal(38, 3) COMMENT 'units that it sold in those days',
    sell_through Nullable(Float64) COMMENT 'sold_qty / (opening_qty + received_qty); null where undefined',
    reason String COMMENT 'why sell_through is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    (SELECT count() > 0 FROM raw_scans) AS has_scans,
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    -- Where an order does not name its supplier, the dealer's parent tells who passed the goods on.
    (SELECT count() = 0 FROM raw_dealers) AND (SELECT count() > 0 FROM (SELECT 1 FROM raw_orders WHERE ifNull(supplier_id, '') = '' LIMIT 1)) AS lacks_parents,
    entries AS
    (
        SELECT dealer_id, sku_id, toDecimal128(latest, 3) AS opening, 1 AS snapshots, toDecimal128(0, 3) AS received, toDecimal128(0, 3) AS sold
        FROM
        (
            SELECT dealer_id, sku_id, location_id, argMax(on_hand, last_at) AS latest
            FROM mart_stock_days
            WHERE day < today - 28 AND day >= today - 28 - 35
            GROUP BY dealer_id, sku_id, location_id
        )
        UNION ALL
        SELECT dealer_id, sku_id, toDecimal128(0, 3), 0, shipped_qty - returned_qty, toDecimal128(0, 3)
        FROM mart_sales_days
        WHERE day >= today - 28 AND day < today AND (shipped_qty != 0 OR returned_qty != 0)
        UNION ALL
        SELECT dealer_id, sku_id, toDecimal128(0, 3), 0, toDecimal128(0, 3), sold_units
        FROM mart_sold_days
        WHERE day >= today - 28 AND day < today
    )
SELECT
    dealer_id,
    sku_id,
    if(sum(snapshots) > 0, toNullable(sum(opening)), NULL) AS opening_qty,
    sum(received) AS received_qty,
    sum(sold) AS sold_qty,
    if(reason = '', toFloat64(sold_qty) / toFloat64(opening_qty + received_qty), NULL) AS sell_through,
    multiIf(NOT has_orders, 'no feed of orders: nothing is known of what came', NOT has_scans, 'no feed of scans: nothing is known of what was sold',
        lacks_parents, 'no feed of dealers: nothing is known of what they passed on', opening_qty IS NULL, 'no stock snapshot before the window',
        opening_qty + received_qty <= 0, 'nothing was there to be sold', '') AS reason
FROM entries
GROUP BY dealer_id, sku_id
COMMENT 'Sell-through of each dealer and product over 28 days (D3)'
