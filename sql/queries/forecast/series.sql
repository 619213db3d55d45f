-- What is known at an instant of dealers and products that are forecast, and what dealers have and wait for. Those are the pairs that had
-- demand in the history, and, up to pairs_max, those that are to be expected although the dealer has not ordered the product in it:
-- - launches: products whose first version began in the last new_days days, for dealers that ordered their category in the last 180;
-- - new dealers: contracted in the last new_days days, for products that half of the dealers of their territory (of all, where it has no
--   other) ordered in that time; peer_share says how many;
-- - stock: what a dealer has on hand.
-- Not those of a dealer that is suspended or closed then, nor of what has ended by then: of a dealer or product whose last version is over.
-- New is nothing from before the fifth week of the history, lest the first load of reference data be taken for a launch.
-- clickhouse-client --param_as_of='2026-11-24 16:00:00' --param_first=2026-01-01 --param_last=2026-11-24 --param_new_days=90 --param_pairs_max=20000
WITH
    {as_of: DateTime64(3, 'UTC')} AS instant,
    greatest({last: Date32} - {new_days: UInt16}, {first: Date32} + 28) AS new_since,
    stock AS
    (
        SELECT dealer_id, sku_id, sum(latest.1) AS on_hand, sum(latest.2) AS in_transit, sum(latest.3) AS committed
        FROM
        (
            SELECT
                dealer_id, sku_id, location_id,
                argMax(tuple(toFloat64(on_hand), toFloat64(in_transit), toFloat64(committed)), last_at) AS latest
            FROM mart_stock_days
            WHERE day > toDate32(instant) - 36 AND last_at > instant - INTERVAL 35 DAY
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    waiting AS
    (
        -- By quantities, not by the stage that a line stands in: the rest of a line is still to come when a part of it was delivered. Until when:
        -- as replenishment-inputs.sql has it.
        SELECT dealer_id, sku_id, sum(toFloat64(on_order_qty + in_transit_qty)) AS qty
        FROM mart_order_lines
        WHERE on_order_qty + in_transit_qty > 0
            AND last_event_time > instant - toIntervalDay(if(hasAny(stages, ['shipped', 'delivered', 'returned']),
                greatest(35, ifNull(toUInt32(dictGet('raw_product_versions', 'lead_time_days', tuple(sku_id), instant)), 0)), 180))
        GROUP BY dealer_id, sku_id
    ),
    bought AS
    (
        SELECT
            dealer_id AS dealer, sku_id AS sku, min(day) AS since, max(day) AS until,
            ifNull(dictGet('raw_product_versions', 'category', tuple(sku), instant), '') AS category,
            ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(dealer), instant), '') AS territory
        FROM mart_sales_days
        WHERE day BETWEEN {first: Date32} AND {last: Date32} AND placed_qty > 0
        GROUP BY dealer, sku
    ),
    dealers AS
    (
        SELECT dealer_id AS dealer, toDate32(min(valid_from)) AS since
        FROM core_dealers
        WHERE effective_to > valid_from AND status IN ('contracted', 'active')
        GROUP BY dealer
        HAVING ifNull(dictGet('raw_dealer_versions', 'status', tuple(dealer), instant), '') IN ('contracted', 'active')
    ),
    launches AS
    (
        SELECT sku_id AS sku, ifNull(dictGet('raw_product_versions', 'category', tuple(sku), instant), '') AS category
        FROM core_products
        WHERE effective_to > valid_from AND sku NOT IN (SELECT sku FROM bought WHERE since < new_since)
        GROUP BY sku
        HAVING toDate32(min(valid_from)) >= new_since AND isNotNull(dictGet('raw_product_versions', 'name', tuple(sku), instant))
    ),
    newcomers AS
    (
        SELECT dealer, ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(dealer), instant), '') AS territory
        FROM dealers
        WHERE since >= new_since AND dealer NOT IN (SELECT dealer FROM bought WHERE since < new_since)
    ),
    -- Of a territory, and under '' of all.
    peers AS
    (
        SELECT place, sku, count() / any(members) AS share
        FROM
        (
            SELECT place, sku, uniqExact(dealer) OVER (PARTITION BY place) AS members
            FROM bought
            ARRAY JOIN arrayDistinct([territory, '']) AS place
            WHERE until > {last: Date32} - {new_days: UInt16} AND dealer NOT IN (SELECT dealer FROM dealers WHERE since >= new_since)
        )
        GROUP BY place, sku
    ),
    around AS
    (
        SELECT n.dealer AS dealer, peers.sku AS sku, peers.share AS share, n.place != '' AS is_near, max(is_near) OVER (PARTITION BY dealer) AS has_near
        FROM (SELECT dealer, arrayJoin(arrayDistinct([territory, ''])) AS place FROM newcomers) AS n
        INNER JOIN peers ON peers.place = n.place
    ),
    expected AS
    (
        SELECT dealer, sku, max(peers_of_it) AS peer_share
        FROM
        (
            SELECT b.dealer AS dealer, launches.sku AS sku, CAST(NULL, 'Nullable(Float64)') AS peers_of_it
            FROM (SELECT DISTINCT dealer, category FROM bought WHERE until > {last: Date32} - 180) AS b
            INNER JOIN launches ON launches.category = b.category
            UNION ALL
            SELECT dealer, sku, toNullable(share)
            FROM around
            WHERE is_near = has_near AND share >= 0.5
            UNION ALL
            SELECT dealer_id, sku_id, NULL
            FROM stock
            WHERE on_hand > 0 AND isNotNull(dictGet('raw_product_versions', 'name', tuple(sku_id), instant))
        )
        WHERE dealer IN (SELECT dealer FROM dealers) AND (dealer, sku) NOT IN (SELECT dealer, sku FROM bought)
        GROUP BY dealer, sku
        ORDER BY dealer, sku
        LIMIT {pairs_max: UInt32}
    ),
    -- Who is not known at all may order for all that is known.
    gone AS
    (
        SELECT toString(dealer_id) AS dealer
        FROM core_dealers
        WHERE valid_from <= instant AND effective_to > valid_from
        GROUP BY dealer_id
        HAVING ifNull(dictGet('raw_dealer_versions', 'status', tuple(dealer_id), instant), '') IN ('', 'suspended', 'closed')
    ),
    ended AS
    (
        SELECT toString(sku_id) AS sku
        FROM core_products
        WHERE valid_from <= instant AND effective_to > valid_from
        GROUP BY sku_id
        HAVING ifNull(dictGet('raw_product_versions', 'name', tuple(sku_id), instant), '') = ''
    )
SELECT
    pairs.dealer AS dealer_id,
    pairs.sku AS sku_id,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(pairs.dealer), instant), ''), pairs.dealer) AS dealer_name,
    ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(pairs.dealer), instant), '') AS adcode,
    ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(pairs.dealer), instant), '') AS territory_id,
    ifNull(dictGet('raw_dealer_versions', 'tier', tuple(pairs.dealer), instant), 0) AS tier,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(pairs.sku), instant), ''), pairs.sku) AS sku_name,
    ifNull(dictGet('raw_product_versions', 'category', tuple(pairs.sku), instant), '') AS category,
    waiting.qty AS open_orders_qty,
    if(stock.dealer_id = '', NULL, stock.on_hand) AS on_hand_qty,
    if(stock.dealer_id = '', NULL, stock.in_transit) AS in_transit_qty,
    if(stock.dealer_id = '', NULL, stock.committed) AS committed_qty,
    pairs.peer_share AS peer_share
FROM
(
    SELECT dealer, sku, if(max(is_known), NULL, max(share)) AS peer_share
    FROM
    (
        SELECT toString(dealer_id) AS dealer, toString(sku_id) AS sku, CAST(NULL, 'Nullable(Float64)') AS share, true AS is_known
        FROM mart_demand_days
        WHERE day BETWEEN {first: Date32} AND {last: Date32} AND (ordered_qty > 0 OR consumed_qty > 0)
        GROUP BY dealer_id, sku_id
        UNION ALL
        SELECT toString(dealer), toString(sku), peer_share, false FROM expected
    )
    WHERE dealer NOT IN (SELECT dealer FROM gone) AND sku NOT IN (SELECT sku FROM ended)
    GROUP BY dealer, sku
) AS pairs
LEFT JOIN stock ON stock.dealer_id = pairs.dealer AND stock.sku_id = pairs.sku
LEFT JOIN waiting ON waiting.dealer_id = pairs.dealer AND waiting.sku_id = pairs.sku
