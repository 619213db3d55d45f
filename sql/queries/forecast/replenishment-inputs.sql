-- For each dealer and product of a forecast version with a stock snapshot of the last 35 days: its forecast by days and weeks as planners have
-- overridden it, its stock of now, terms and place.
-- Overrides: the mean becomes what the planner said, the median moves with it, and the spread as core_planned_spread says; of
-- what promotions add the share stays.
-- Open orders are told by quantities, not by the stage that a line stands in: the rest of a line is still to come when a part of it was
-- shipped. A line that nothing is heard of is not waited for without end: nothing shipped, 180 days after its last event (as
-- mart_order_stages counts); a part shipped, 35 days (as old as a snapshot may be) or the lead time: some sources never cancel what they
-- will not send, nor tell that something has arrived.
-- What is on its way: what the snapshots say, or what the orders say if that is more. A delivery after the last snapshot is not in its
-- on_hand, so it still counts here. Goods of accepted transfers are promised by the giver and on their way to the receiver for
-- transfer_days: no event says that they have moved. Accepted orders are on order for order_days, as far as no line that was placed since tells of them.
-- A product whose versions have all ended is discontinued, and a dealer that is suspended or closed trades no more: nothing is ordered. Of what no
-- version ever came nothing is known, and it is ordered.
-- clickhouse-client --param_version=fc-20261124-01 --param_time_zone=Asia/Shanghai --param_transfer_days=7 --param_order_days=7
WITH
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, {time_zone: String}) AS today,
    overrides AS
    (
        SELECT dealer_id, sku_id, bucket_grain, bucket_start, toNullable(final_qty) AS qty
        FROM mart_forecasts
        WHERE forecast_version = {version: String}
            AND (dealer_id, sku_id) IN (SELECT dealer_id, sku_id FROM raw_mart_forecast_overrides WHERE forecast_version = {version: String})
    ),
    planned AS
    (
        SELECT
            f.dealer_id AS dealer_id, f.sku_id AS sku_id, f.bucket_grain AS grain, f.horizon_step AS step,
            toFloat64(f.mean) AS baseline,
            ifNull(o.qty, baseline) AS units,
            if(baseline > 0, toFloat64(f.p50) * units / baseline, toFloat64(f.p50) + units) AS middle,
            middle + core_planned_spread(greatest(0, toFloat64(f.p90) - toFloat64(f.p50)), baseline, units) AS upper,
            if(baseline > 0, toFloat64(f.promo_uplift) * units / baseline, toFloat64(f.promo_uplift)) AS uplift
        FROM raw_mart_forecasts AS f
        LEFT JOIN overrides AS o ON o.bucket_grain = f.bucket_grain AND o.dealer_id = f.dealer_id AND o.sku_id = f.sku_id AND o.bucket_start = f.bucket_start
        WHERE f.forecast_version = {version: String}
    ),
    ahead AS
    (
        SELECT
            dealer_id, sku_id,
            arraySort(groupArrayIf((step, units, middle, upper, uplift), grain = 'day')) AS days,
            arraySort(groupArrayIf((step, units, middle, upper), grain = 'week')) AS weeks
        FROM planned
        GROUP BY dealer_id, sku_id
    ),
    stock AS
    (
        SELECT dealer_id, sku_id, sum(latest.1) AS on_hand, sum(latest.2) AS in_transit, sum(latest.3) AS committed, max(latest_at) AS seen_at
        FROM
        (
            SELECT
                dealer_id, sku_id, location_id,
                argMax(tuple(toFloat64(on_hand), toFloat64(in_transit), toFloat64(committed)), last_at) AS latest,
                max(last_at) AS latest_at
            FROM mart_stock_days
            WHERE day > today - 36 AND last_at > now_at - INTERVAL 35 DAY AND last_at <= now_at
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    products AS
    (
        SELECT sku_id, lead_time_days, pack_qty, list_price, unit_cost, currency FROM core_products WHERE is_current
    ),
    waiting AS
    (
        SELECT dealer_id, sku_id, sum(open_qty) AS on_order, sum(coming_qty) AS in_transit
        FROM
        (
            SELECT
                l.dealer_id AS dealer_id, l.sku_id AS sku_id,
                toFloat64(l.on_order_qty) AS open_qty,
                toFloat64(l.in_transit_qty) + arraySum(arrayMap(
                    (at_stage, entered, part) -> if(at_stage = 'delivered' AND entered > s.seen_at, toFloat64(part), 0),
                    l.stages, l.entered_at, l.entered_qty)) AS coming_qty
            FROM
            (
                SELECT dealer_id, sku_id, on_order_qty, in_transit_qty, stages, entered_at, entered_qty, last_event_time
                FROM mart_order_lines
                WHERE last_event_time > now_at - toIntervalDay(if(hasAny(stages, ['shipped', 'delivered', 'returned']),
                    greatest(35, ifNull(toUInt32(dictGet('raw_product_versions', 'lead_time_days', tuple(sku_id), now_at)), 0)), 180))
            ) AS l
            INNER JOIN stock AS s ON s.dealer_id = l.dealer_id AND s.sku_id = l.sku_id
            WHERE l.on_order_qty > 0 OR l.in_transit_qty > 0 OR l.last_event_time > s.seen_at
        )
        GROUP BY dealer_id, sku_id
    ),
    promised AS
    (
        SELECT dealer_id, sku_id, sum(given) AS outgoing, sum(coming) AS incoming
        FROM
        (
            SELECT from_dealer_id AS dealer_id, sku_id, ifNull(decided_qty, 0) AS given, 0. AS coming
            FROM mart_transfers
            WHERE state IN ('accepted', 'edited') AND decided_at > now_at - toIntervalDay({transfer_days: UInt32})
            UNION ALL
            SELECT to_dealer_id, sku_id, 0., ifNull(decided_qty, 0)
            FROM mart_transfers
            WHERE state IN ('accepted', 'edited') AND decided_at > now_at - toIntervalDay({transfer_days: UInt32})
        )
        GROUP BY dealer_id, sku_id
    ),
    accepted AS
    (
        SELECT r.dealer_id AS dealer_id, r.sku_id AS sku_id, greatest(0, any(r.qty) - sumIf(toFloat64(l.ordered_qty), l.placed_at > r.since)) AS open_qty
        FROM
        (
            SELECT dealer_id, sku_id, sum(ifNull(decided_qty, 0)) AS qty, min(decided_at) AS since
            FROM mart_replenishment
            WHERE state IN ('accepted', 'edited') AND decided_at > now_at - toIntervalDay({order_days: UInt32})
            GROUP BY dealer_id, sku_id
        ) AS r
        LEFT JOIN
        (
            SELECT dealer_id, sku_id, ordered_qty, placed_at
            FROM mart_order_lines
            WHERE placed_at > now_at - toIntervalDay({order_days: UInt32})
        ) AS l ON l.dealer_id = r.dealer_id AND l.sku_id = r.sku_id
        GROUP BY dealer_id, sku_id
    ),
    discontinued AS (SELECT sku_id FROM core_products GROUP BY sku_id HAVING max(effective_to) <= now_at),
    investigated AS
    (
        SELECT DISTINCT origin_dealer_id AS dealer_id
        FROM mart_diversion_cases
        WHERE state IN ('open', 'acknowledged', 'investigating', 'confirmed')
        UNION DISTINCT
        SELECT members.origin_dealer_id AS dealer_id
        FROM mart_diversion_case_members AS members
        INNER JOIN mart_diversion_cases AS leads ON leads.alert_id = members.lead_alert_id
        WHERE leads.state IN ('open', 'acknowledged', 'investigating', 'confirmed')
    ),
    -- Buckets count from the version's first day; what of it is over when the suggestions are made is no demand ahead.
    (SELECT greatest(0, dateDiff('day', toDate32(any(as_of), {time_zone: String}), today)) FROM mart_forecast_versions WHERE forecast_version = {version: String}) AS days_gone
SELECT
    a.dealer_id AS dealer_id,
    a.sku_id AS sku_id,
    toUInt32(ifNull(days_gone, 0)) AS days_over,
    a.days.2 AS means,
    a.days.3 AS p50s,
    a.days.4 AS p90s,
    a.days.5 AS uplifts,
    a.weeks.2 AS week_means,
    a.weeks.3 AS week_p50s,
    a.weeks.4 AS week_p90s,
    s.on_hand AS on_hand,
    greatest(s.in_transit, w.in_transit) + t.incoming AS in_transit,
    s.committed + t.outgoing AS committed,
    w.on_order + r.open_qty AS on_order,
    toFloat64(p.lead_time_days) AS lead_time_days,
    toFloat64(p.pack_qty) AS pack_qty,
    toFloat64(p.list_price) - toFloat64(p.unit_cost) AS margin,
    ifNull(p.currency, '') AS currency,
    d.lat AS lat,
    d.lon AS lon,
    a.dealer_id IN (SELECT dealer_id FROM investigated) AS is_investigated,
    a.sku_id NOT IN (SELECT sku_id FROM discontinued) AND ifNull(d.status, '') NOT IN ('suspended', 'closed') AS may_order
FROM ahead AS a
INNER JOIN stock AS s ON s.dealer_id = a.dealer_id AND s.sku_id = a.sku_id
LEFT JOIN waiting AS w ON w.dealer_id = a.dealer_id AND w.sku_id = a.sku_id
LEFT JOIN promised AS t ON t.dealer_id = a.dealer_id AND t.sku_id = a.sku_id
LEFT JOIN accepted AS r ON r.dealer_id = a.dealer_id AND r.sku_id = a.sku_id
LEFT JOIN products AS p ON p.sku_id = a.sku_id
LEFT JOIN (SELECT dealer_id, lat, lon, status FROM core_dealers WHERE is_current) AS d ON d.dealer_id = a.dealer_id
ORDER BY a.sku_id, a.dealer_id
