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
    receipts AS
    (
        -- Newest first, with what had come since.
        SELECT dealer_id AS taker, sku_id, arrayReverseSort(groupArray((came_day, since_day, units))) AS newest, arrayCumSum(newest.3) AS since
        FROM raw_receipt_lots
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
