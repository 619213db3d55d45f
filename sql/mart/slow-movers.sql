CREATE OR REPLACE VIEW mart_slow_movers {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of value',
    on_hand_qty Decimal(38, 3) COMMENT 'units on hand by its last snapshots (at most 35 days old)',
    value Decimal(38, 6) COMMENT 'their value at cost',
    daily_demand Float64 COMMENT 'mean daily demand as in mart_days_of_supply',
    oldest_day Nullable(Date32) COMMENT 'day on which the oldest unit on hand came from HQ, first in first out: what is there is what came last. What another dealer passed on is as old as it was there, by its own receipts and snapshots; goods passed on twice from the first of the two on. Null where the known shipments do not cover it',
    age_days Nullable(Int64) COMMENT 'days since oldest_day',
    is_slow Bool COMMENT 'lasts longer than 180 days at its demand, or has none',
    reason String COMMENT 'why the age is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, '{{time_zone}}') AS today,
    held AS
    (
        SELECT dealer_id, sku_id, currency, sum(units) AS on_hand_units, sum(worth) AS stock_value
        FROM
        (
            SELECT dealer_id, sku_id, location_id, argMax(mart_stock_days.currency, last_at) AS currency, toDecimal128(argMax(on_hand, last_at), 3) AS units, argMax(mart_stock_days.value, last_at) AS worth
            FROM mart_stock_days
            WHERE day > today - 36 AND last_at <= now_at
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id, currency
        HAVING on_hand_units > 0
    ),
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
                    (lot, end) -> (gift.1, gift.2, lot.1, toDecimal128(least(left + gift.4, end) - greatest(left, end - lot.2), 3)), lots_before, arrayCumSum(lots_before.2))),
                given, before, kept) AS known,
            arrayMap((gift, parts) -> (gift.1, gift.2, gift.2, toDecimal128(gift.4 - arraySum(part -> part.4, parts), 3)), given, known) AS unknown,
            arrayMap(lot -> (toString(dealer_id), lot.1, lot.1, toDecimal128(lot.2 - arraySum(g -> if(g.1 = lot.1, g.2, 0), got), 3)), received) AS from_above
        FROM books
    ),
    receipts AS
    (
        -- Newest first, with what had come since.
        SELECT lot.1 AS taker, sku_id, arrayReverseSort(groupArray((lot.2, lot.3, lot.4))) AS newest, arrayCumSum(newest.3) AS since
        FROM lots
        ARRAY JOIN arrayConcat(from_above, unknown, arrayFlatten(known)) AS lot
        WHERE lot.4 > 0
        GROUP BY taker, sku_id
    )
SELECT
    held.dealer_id AS dealer_id,
    held.sku_id AS sku_id,
    held.currency AS currency,
    held.on_hand_units AS on_hand_qty,
    held.stock_value AS value,
    ifNull(supply.daily_demand, 0) AS daily_demand,
    if(arrayFirstIndex(s -> s >= held.on_hand_units, receipts.since) AS place > 0, toNullable(arrayMin(lot -> lot.2, arraySlice(receipts.newest, 1, place))), NULL) AS oldest_day,
    dateDiff('day', oldest_day, today) AS age_days,
    toBool(daily_demand <= 0 OR toFloat64(held.on_hand_units) / daily_demand > 180) AS is_slow,
    if(place > 0, '', 'the known shipments do not cover what is on hand') AS reason
FROM held
LEFT JOIN receipts ON receipts.taker = held.dealer_id AND receipts.sku_id = held.sku_id
LEFT JOIN mart_days_of_supply AS supply ON supply.dealer_id = held.dealer_id AND supply.sku_id = held.sku_id
COMMENT 'Stock by its age and how slowly it moves (D2)'
