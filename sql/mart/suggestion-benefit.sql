CREATE OR REPLACE VIEW mart_suggestion_benefit {{on_cluster}}
(
    suggestion_id String COMMENT 'the accepted or edited suggestion',
    kind LowCardinality(String) COMMENT 'order or transfer',
    dealer_id LowCardinality(String) COMMENT 'the dealer that received',
    from_dealer_id LowCardinality(String) COMMENT 'the dealer that gave; empty for an order',
    sku_id LowCardinality(String) COMMENT 'the product',
    decided_qty Float64 COMMENT 'units decided',
    decided_at DateTime64(3, 'UTC') COMMENT 'when',
    horizon_first_day Date32 COMMENT 'first local day on which it can have made a difference: decision + lead time, for a transfer the day after the decision',
    horizon_last_day Date32 COMMENT 'last one: review_days on, for a transfer 28 days on',
    measured_days UInt16 COMMENT 'days of the horizon with a stock snapshot; the others count as nothing',
    ordered_qty Nullable(Float64) COMMENT 'net units that the dealer ordered from the decision for review_days on; null for a transfer',
    effective_qty Nullable(Float64) COMMENT 'units that are taken out to see what would have been: decided_qty, of an order no more than was ordered; null where not measured',
    stockout_days Nullable(UInt16) COMMENT 'measured days that ended with nothing available while the product was in demand (D9), as it happened',
    stockout_days_without Nullable(UInt16) COMMENT 'the same with the stock less what would have been left of effective_qty',
    lost_qty Nullable(Float64) COMMENT 'stockout_days x the mean net units a day ordered in the 28 days before the decision',
    lost_qty_without Nullable(Float64) COMMENT 'lost_qty + the units of effective_qty that were sold and nothing else could have met',
    giver_stockout_days Nullable(UInt16) COMMENT 'of a transfer: stock-out days of the giver that what it gave would have prevented',
    giver_lost_qty Nullable(Float64) COMMENT 'of a transfer: units lost on them',
    saved_days Nullable(Int32) COMMENT 'stock-out days avoided, less those of the giver; null where not measured',
    saved_qty Nullable(Float64) COMMENT 'sales saved, less those that the giver lost, units; null where not measured',
    reason String COMMENT 'why it is not measured; empty = it is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    decisions AS
    (
        SELECT suggestion_id AS id, argMax(tuple(decision, qty, decided_at), decided_at) AS last
        FROM raw_mart_suggestion_decisions
        GROUP BY id
        HAVING last.1 IN ('accepted', 'edited') AND last.2 > 0
    ),
    decided AS
    (
        SELECT
            s.suggestion_id AS id, 'order' AS what, s.dealer_id AS receiver, '' AS giver, s.sku_id AS sku, assumeNotNull(d.last.2) AS wanted, d.last.3 AS at,
            toDate32(at, '{{time_zone}}') AS day, day + toInt32(ceil(s.lead_time_days)) AS first, first + greatest(1, toInt32(ceil(s.review_days))) - 1 AS last
        FROM (SELECT * FROM raw_mart_replenishment FINAL) AS s
        INNER JOIN decisions AS d ON d.id = s.suggestion_id
        UNION ALL
        SELECT
            t.suggestion_id, 'transfer', t.to_dealer_id, t.from_dealer_id, t.sku_id, assumeNotNull(e.last.2), e.last.3 AS transfer_at,
            toDate32(transfer_at, '{{time_zone}}') AS transfer_day, transfer_day + 1, transfer_day + 28
        FROM (SELECT * FROM raw_mart_transfers FINAL) AS t
        INNER JOIN decisions AS e ON e.id = t.suggestion_id
    ),
    pairs AS
    (
        SELECT dealer, sku, arrayFilter(s -> s.3 = 0, rows) AS stock, arrayFilter(s -> s.3 = 1, rows) AS orders
        FROM
        (
            SELECT dealer, sku, arraySort(groupArray((day, qty, is_order))) AS rows
            FROM
            (
                SELECT dealer_id AS dealer, sku_id AS sku, day, sum(toFloat64(available)) AS qty, 0 AS is_order
                FROM raw_mart_stock_days FINAL
                GROUP BY dealer, sku, day
                UNION ALL
                SELECT dealer_id, sku_id, day, sum(toFloat64(placed_qty - cancelled_qty)), 1
                FROM raw_mart_sales_days FINAL
                GROUP BY dealer_id, sku_id, day
            )
            WHERE (dealer, sku) IN (SELECT receiver, sku FROM decided UNION ALL SELECT giver, sku FROM decided WHERE giver != '')
            GROUP BY dealer, sku
        )
    ),
    paths AS
    (
        SELECT
            d.id AS id, d.what AS what, d.receiver AS receiver, d.giver AS giver, d.sku AS sku, d.wanted AS wanted, d.at AS at, d.first AS first, d.last AS last,
            last < today AS is_over,
            arrayFilter(s -> s.1 >= d.first AND s.1 <= d.last, r.stock) AS path,
            r.orders AS receiver_orders,
            g.orders AS giver_orders,
            arrayFilter(s -> s.1 >= d.first AND s.1 <= d.last AND s.2 <= 0
                AND arraySum(arrayMap(o -> if(o.1 > s.1 - 28 AND o.1 <= s.1, o.2, 0), g.orders)) > 0, g.stock) AS giver_out,
            arraySum(arrayMap(o -> if(o.1 >= d.day - 28 AND o.1 < d.day, o.2, 0), r.orders)) / 28 AS receiver_daily,
            arraySum(arrayMap(o -> if(o.1 >= d.day - 28 AND o.1 < d.day, o.2, 0), g.orders)) / 28 AS giver_daily,
            if(what = 'order', toNullable(arraySum(arrayMap(o -> if(o.1 >= d.day AND o.1 < d.day + greatest(1, dateDiff('day', d.first, d.last) + 1), o.2, 0), r.orders))), NULL) AS ordered,
            greatest(0, if(what = 'order', least(wanted, ifNull(ordered, 0)), wanted)) AS qty
        FROM decided AS d
        LEFT JOIN pairs AS r ON r.dealer = d.receiver AND r.sku = d.sku
        LEFT JOIN pairs AS g ON g.dealer = d.giver AND g.sku = d.sku
    ),
    measured AS
    (
        SELECT
            *,
            -- Of qty so much is left on each day: no more than the lowest stock since it came, for without it that would have been missing.
            arrayMap(i -> least(qty, greatest(0, arrayMin(s -> s.2, arraySlice(path, 1, i)))), arrayEnumerate(path)) AS remains,
            arrayMap(s -> arraySum(arrayMap(o -> if(o.1 > s.1 - 28 AND o.1 <= s.1, o.2, 0), receiver_orders)) > 0, path) AS in_demand,
            arrayCount((s, asked) -> s.2 <= 0 AND asked, path, in_demand) AS days_out,
            arrayCount((s, rest, asked) -> s.2 - rest <= 0 AND asked, path, remains, in_demand) AS days_out_without,
            length(path) > 0 AND is_over AS is_measured,
            if(length(path) = 0, 0, qty - remains[-1]) AS met,
            greatest(0, receiver_daily) * days_out AS lost,
            least(qty, greatest(0, giver_daily) * length(giver_out)) AS given_lost,
            arrayCount((s, i) -> i * giver_daily < qty, giver_out, arrayEnumerate(giver_out)) AS given_days
        FROM paths
    )
SELECT
    id AS suggestion_id,
    what AS kind,
    receiver AS dealer_id,
    giver AS from_dealer_id,
    sku AS sku_id,
    wanted AS decided_qty,
    at AS decided_at,
    first AS horizon_first_day,
    last AS horizon_last_day,
    toUInt16(length(path)) AS measured_days,
    ordered AS ordered_qty,
    if(is_measured, toNullable(qty), NULL) AS effective_qty,
    if(is_measured, toNullable(toUInt16(days_out)), NULL) AS stockout_days,
    if(is_measured, toNullable(toUInt16(days_out_without)), NULL) AS stockout_days_without,
    if(is_measured, toNullable(lost), NULL) AS lost_qty,
    if(is_measured, toNullable(lost + met), NULL) AS lost_qty_without,
    if(is_measured AND what = 'transfer', toNullable(toUInt16(given_days)), NULL) AS giver_stockout_days,
    if(is_measured AND what = 'transfer', toNullable(given_lost), NULL) AS giver_lost_qty,
    if(is_measured, toNullable(toInt32(days_out_without) - toInt32(days_out) - if(what = 'transfer', toInt32(given_days), 0)), NULL) AS saved_days,
    if(is_measured, toNullable(met - if(what = 'transfer', given_lost, 0)), NULL) AS saved_qty,
    multiIf(NOT is_over, concat('its horizon ends on ', toString(last)), length(path) = 0, 'no stock snapshot in its horizon', '') AS reason
FROM measured
COMMENT 'What accepted suggestions have brought beside doing nothing: the stock of each day less what would have been left of the quantity, until the stock had run out without it; other arrivals as they were'
