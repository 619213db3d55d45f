CREATE OR REPLACE VIEW mart_channel_stock {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    in_qty Decimal(38, 3) COMMENT 'all units ever shipped to it, less returned',
    out_qty Decimal(38, 3) COMMENT 'all units that it ever sold',
    book_qty Decimal(38, 3) COMMENT 'channel stock by the books: in_qty - out_qty',
    snapshot_qty Nullable(Decimal(38, 3)) COMMENT 'on_hand + in_transit of its last snapshots; null without one',
    snapshot_at Nullable(DateTime64(3, 'UTC')) COMMENT 'the newest of those snapshots',
    difference_qty Nullable(Decimal(38, 3)) COMMENT 'snapshot_qty - book_at_snapshot_qty; null where either is not known',
    reason String COMMENT 'why difference_qty is null; empty = it is not',
    book_at_snapshot_qty Nullable(Decimal(38, 3)) COMMENT 'the book as it was at snapshot_at: what moved after it is no difference; null without a snapshot'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    (SELECT count() > 0 FROM raw_scans) AS has_scans,
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    -- Where an order does not name its supplier, the dealer's parent tells who passed the goods on.
    (SELECT count() = 0 FROM raw_dealers) AND (SELECT count() > 0 FROM (SELECT 1 FROM raw_orders WHERE ifNull(supplier_id, '') = '' LIMIT 1)) AS lacks_parents,
    snapshots AS
    (
        SELECT dealer_id, sku_id, sum(units) AS held, max(seen_at) AS held_at
        FROM
        (
            SELECT dealer_id, sku_id, location_id, toDecimal128(argMax(on_hand + in_transit, last_at), 3) AS units, max(last_at) AS seen_at
            FROM mart_stock_days
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    moves AS
    (
        SELECT dealer_id, sku_id, event_time AS moved_at, toDecimal128(if(stage = 'shipped', qty, -qty), 3) AS came, toDecimal128(0, 3) AS went
        FROM core_orders
        WHERE stage IN ('shipped', 'returned')
        UNION ALL
        SELECT dealer_id, sku_id, sold_at AS moved_at, toDecimal128(0, 3) AS came, retail + onward AS went
        FROM raw_sold_moves
    ),
    entries AS
    (
        SELECT
            moves.dealer_id AS dealer_id, moves.sku_id AS sku_id, moves.came AS came, moves.went AS went,
            if(moves.moved_at <= snapshots.held_at, moves.came - moves.went, toDecimal128(0, 3)) AS booked,
            toDecimal128(0, 3) AS held, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS held_at
        FROM moves
        LEFT JOIN snapshots ON snapshots.dealer_id = moves.dealer_id AND snapshots.sku_id = moves.sku_id
        UNION ALL
        SELECT dealer_id, sku_id, toDecimal128(0, 3), toDecimal128(0, 3), toDecimal128(0, 3), snapshots.held, toNullable(snapshots.held_at)
        FROM snapshots
    )
SELECT
    dealer_id,
    sku_id,
    sum(came) AS in_qty,
    sum(went) AS out_qty,
    in_qty - out_qty AS book_qty,
    if(snapshot_at IS NULL, NULL, toNullable(sum(held))) AS snapshot_qty,
    max(held_at) AS snapshot_at,
    if(reason = '', snapshot_qty - book_at_snapshot_qty, NULL) AS difference_qty,
    multiIf(NOT has_orders, 'no feed of orders: nothing is known of what came', NOT has_scans, 'no feed of scans: nothing is known of what was sold',
        lacks_parents, 'no feed of dealers: nothing is known of what they passed on',
        snapshot_at IS NULL, 'no stock snapshot', '') AS reason,
    if(snapshot_at IS NULL, NULL, toNullable(sum(booked))) AS book_at_snapshot_qty
FROM entries
GROUP BY dealer_id, sku_id
COMMENT 'Channel stock of each dealer and product by the books, and its difference to the snapshots (D3)'
