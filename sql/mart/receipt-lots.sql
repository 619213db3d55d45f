CREATE OR REPLACE VIEW raw_receipt_lots {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that got the goods',
    sku_id LowCardinality(String) COMMENT 'the product',
    came_day Date32 COMMENT 'local day on which they were shipped to it',
    since_day Date32 COMMENT 'day on which they came from HQ: what another dealer passed on is as old as it was there; never after came_day',
    units Decimal(38, 3) COMMENT 'units',
    passed_by String COMMENT 'the dealer that passed them on; empty = none did'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, '{{time_zone}}') AS today,
    -- What dealers passed on to one another, by the local day.
    passed AS
    (
        SELECT
            assumeNotNull(supplied_by) AS giver, dealer_id AS taker, sku_id, toDate32(event_time, '{{time_zone}}') AS day,
            max(event_time) AS passed_at, sum(toDecimal128(if(stage = 'shipped', qty, -qty), 3)) AS units
        FROM core_orders
        WHERE stage IN ('shipped', 'returned') AND supplied_by IS NOT NULL AND supplied_by != 'HQ'
        GROUP BY giver, taker, sku_id, day
        HAVING units > 0
    ),
    -- Each pair's receipts, what of them came from dealers, what it gave on, and the snapshots of its locations: every table is read once.
    books AS
    (
        SELECT
            dealer_id, sku_id,
            arrayReverseSort(groupArrayIf((day, units), what = 'in')) AS received,
            groupArrayIf((day, units), what = 'got') AS got,
            groupArrayIf((other, day, at, units), what = 'out') AS given,
            groupArrayIf(seen, what = 'stock') AS locations
        FROM
        (
            SELECT dealer_id, sku_id, 'in' AS what, '' AS other, day, now_at AS at, sum(shipped_qty - returned_qty) AS units, CAST([], 'Array(Tuple(Date32, DateTime64(3, \'UTC\'), Decimal(38, 3)))') AS seen
            FROM mart_sales_days
            GROUP BY dealer_id, sku_id, day
            HAVING units > 0
            UNION ALL
            SELECT hand.1, sku_id, hand.2, hand.3, day, passed_at, units, []
            FROM passed
            ARRAY JOIN [(toString(giver), 'out', toString(taker)), (toString(taker), 'got', '')] AS hand
            UNION ALL
            SELECT dealer_id, sku_id, 'stock', '', today, now_at, 0, arrayReverseSort(groupArray((mart_stock_days.day, last_at, toDecimal128(on_hand, 3))))
            FROM mart_stock_days
            WHERE dealer_id IN (SELECT ifNull(parent_dealer_id, '') FROM raw_dealers UNION DISTINCT SELECT ifNull(supplier_id, '') FROM raw_orders)
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    -- First in first out: what a dealer has is what came to it last, and what it gives is the oldest of that, just before what it keeps.
    -- Without a snapshot of the giver, or receipts, nothing is known of what it gave, and its age begins with the gift.
    lots AS
    (
        SELECT
            dealer_id, sku_id,
            arrayMap(gift -> arrayFilter(s -> s.1 > toDate32('1970-01-01'), arrayMap(location -> arrayFirst(s -> s.1 <= gift.2 AND s.1 > gift.2 - 35, location), locations)), given) AS stood,
            arrayMap((gift, seen) -> if(empty(seen), [], arrayFilter(lot -> lot.1 <= gift.2, received)), given, stood) AS before,
            arrayMap((gift, seen) -> greatest(arraySum(s -> s.3, seen) - if(arrayMax(s -> s.2, seen) < gift.3, gift.4, 0), 0), given, stood) AS kept,
            arrayMap(
                (gift, lots_before, left) -> arrayFilter(part -> part.4 > 0, arrayMap(
                    (lot, end) -> (gift.1, gift.2, lot.1, toDecimal128(least(left + gift.4, end) - greatest(left, end - lot.2), 3), toString(dealer_id)), lots_before, arrayCumSum(lots_before.2))),
                given, before, kept) AS known,
            arrayMap((gift, parts) -> (gift.1, gift.2, gift.2, toDecimal128(gift.4 - arraySum(part -> part.4, parts), 3), toString(dealer_id)), given, known) AS unknown,
            arrayMap(lot -> (toString(dealer_id), lot.1, lot.1, toDecimal128(lot.2 - arraySum(g -> if(g.1 = lot.1, g.2, 0), got), 3), ''), received) AS from_above
        FROM books
    )
SELECT lot.1 AS dealer_id, sku_id, lot.2 AS came_day, lot.3 AS since_day, lot.4 AS units, lot.5 AS passed_by
FROM lots
ARRAY JOIN arrayConcat(from_above, unknown, arrayFlatten(known)) AS lot
WHERE units > 0
COMMENT 'All goods that ever came to a dealer, by their age: what mart_slow_movers tells the age of stock by. As many units as came, whoever passed them on (checks/receipts-keep-their-units.sql)'
