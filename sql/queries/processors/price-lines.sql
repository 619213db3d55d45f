-- Order lines below their floor that new deliveries touch (of orders, of prices and promotions of their product, of their dealer, of
-- documents about the money of their order, of rebates for their period), with the price that they ended at, the floor that held when they were placed, and what lowers either:
-- the deepest promotion that the line could be ordered under then, and what was given back on the order in its currency, a unit: rebates paid,
-- and credit notes beyond what was cancelled, went back or was invoiced too much, and what programmes give for the period, or was paid beyond that
-- (rebated-periods.sql). Lines that changed their currency are left out. With them the signals that these orders have had: what is not found again is withdrawn.
-- With parts > 0 it is all lines instead, of one of so many parts of the dealers.
-- clickhouse-client --param_ranges="[('dms.orders.v1',0,0,1000)]" --param_parts=0 --param_part=0 --param_rebated_since=1
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['order', 'money', 'price', 'promotion', 'dealer'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    -- A version of a price or of a dealer is about what was placed since it holds; a promotion may have been another before.
    changed_skus AS
    (
        SELECT sku_id, min(valid_from) AS since
        FROM
        (
            SELECT sku_id, valid_from FROM raw_prices WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
            UNION ALL
            SELECT arrayJoin(sku_ids) AS sku_id, toDateTime64(0, 3, 'UTC') AS valid_from
            FROM raw_promotions WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        )
        GROUP BY sku_id
    ),
    -- The tier and the territory that a dealer had decide which floor held.
    changed_dealers AS
    (
        SELECT dealer_id, min(valid_from) AS since
        FROM raw_dealers
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        GROUP BY dealer_id
    ),
    dirty AS
    (
        SELECT DISTINCT dealer_id, order_id FROM raw_orders WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION DISTINCT
        SELECT DISTINCT dealer_id, assumeNotNull(order_id) AS order_id FROM raw_money
        WHERE kind IN ('rebate_payment', 'credit_note', 'invoice') AND ifNull(order_id, '') != '' AND (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION DISTINCT
        SELECT DISTINCT order_lines.dealer_id AS dealer_id, order_lines.order_id AS order_id
        FROM raw_mart_order_lines AS order_lines
        INNER JOIN changed_skus ON changed_skus.sku_id = order_lines.sku_id
        WHERE order_lines.first_event_time >= changed_skus.since
        UNION DISTINCT
        SELECT DISTINCT order_lines.dealer_id AS dealer_id, order_lines.order_id AS order_id
        FROM raw_mart_order_lines AS order_lines
        INNER JOIN changed_dealers ON changed_dealers.dealer_id = order_lines.dealer_id
        WHERE order_lines.first_event_time >= changed_dealers.since
        UNION DISTINCT
        SELECT DISTINCT order_lines.dealer_id AS dealer_id, order_lines.order_id AS order_id
        FROM raw_mart_order_lines AS order_lines
        INNER JOIN (SELECT DISTINCT dealer_id, first_day, end_day FROM raw_rebated_periods WHERE version >= {rebated_since: UInt64}) AS rebated ON rebated.dealer_id = order_lines.dealer_id
        WHERE toDate32(order_lines.first_event_time, {time_zone: String}) >= rebated.first_day AND toDate32(order_lines.first_event_time, {time_zone: String}) < rebated.end_day
    ),
    rebated AS
    (
        SELECT dealer_id, currency, groupArray((first_day, end_day, rate, told_at)) AS periods
        FROM raw_rebated_periods FINAL
        GROUP BY dealer_id, currency
    ),
    lines AS
    (
        SELECT
            dealer_id, order_id, line_no,
            -- As of the first event, also where nothing was known then.
            argMin(sku_id, event_time) AS sku_id,
            argMin(tuple(floor_price), event_time).1 AS floor_price,
            argMin(tuple(territory_id), event_time).1 AS territory_id,
            argMin(tuple(adcode), event_time).1 AS adcode,
            any(events.currency) AS currency,
            -- What was cancelled or went back was not sold at the price that is told with it.
            argMax(unit_price, (stage NOT IN ('cancelled', 'returned'), event_time)) AS unit_price,
            -- What was ordered less what was cancelled, at least what was shipped: parts are shipped one after the other, and goods that went
            -- back later were sold all the same.
            greatest(argMin(events.qty, (stage != 'placed', event_time)) - sumIf(events.qty, stage = 'cancelled'), sumIf(events.qty, stage = 'shipped')) AS qty,
            sumIf(events.qty, stage = 'cancelled') AS cancelled_qty,
            sumIf(events.qty, stage = 'returned') AS returned_qty,
            min(event_time) AS placed_at,
            max(event_time) AS last_event_time
        FROM core_orders AS events
        WHERE ({parts: UInt32} = 0 OR cityHash64(dealer_id) % {parts: UInt32} = {part: UInt32})
          AND ({parts: UInt32} > 0 OR (dealer_id, order_id) IN (SELECT dealer_id, order_id FROM dirty))
        GROUP BY dealer_id, order_id, line_no
        HAVING uniqExact(events.currency) = 1
    ),
    promotions AS
    (
        SELECT sku, groupArray((territory_ids, starts, ends, toFloat64(discount_pct))) AS offers
        FROM (SELECT arrayJoin(sku_ids) AS sku, territory_ids, starts, ends, discount_pct FROM core_promotions WHERE effective_to > valid_from)
        GROUP BY sku
    ),
    documents AS
    (
        SELECT
            dealer_id, assumeNotNull(order_id) AS order_id, currency,
            toFloat64(sumIf(core_money.amount, kind = 'rebate_payment')) AS rebated,
            toFloat64(sumIf(core_money.amount, kind = 'credit_note')) AS credited,
            toFloat64(sumIf(core_money.amount, kind = 'invoice')) AS invoiced,
            maxIf(event_time, kind != 'invoice') AS told_at
        FROM core_money
        WHERE kind IN ('rebate_payment', 'credit_note', 'invoice')
          AND ({parts: UInt32} = 0 OR cityHash64(dealer_id) % {parts: UInt32} = {part: UInt32})
          AND ({parts: UInt32} > 0 OR (dealer_id, ifNull(order_id, '')) IN (SELECT dealer_id, order_id FROM dirty))
        GROUP BY dealer_id, order_id, currency
    ),
    -- The lines are read once: what is said of their order stands beside each.
    whole AS
    (
        SELECT
            *,
            toFloat64(sum(toDecimal128(qty * unit_price, 6)) OVER of_order) AS order_value,
            toFloat64(sum(toDecimal128(cancelled_qty * unit_price, 6)) OVER of_order) AS cancelled_value,
            toFloat64(sum(toDecimal128(returned_qty * unit_price, 6)) OVER of_order) AS returned_value
        FROM lines
        WINDOW of_order AS (PARTITION BY dealer_id, order_id, currency)
    ),
    priced AS
    (
        SELECT
            whole.dealer_id AS dealer_id, whole.sku_id AS sku_id,
            concat(whole.order_id, ' / ', toString(whole.line_no)) AS ref,
            ifNull(whole.adcode, '') AS adcode,
            whole.currency AS currency,
            toFloat64(whole.qty) AS qty,
            toString(whole.unit_price) AS unit_price,
            toFloat64(whole.floor_price) AS floor_price,
            arrayMax(
                offer -> if((empty(offer.1) OR has(offer.1, ifNull(whole.territory_id, ''))) AND whole.placed_at >= offer.2 AND whole.placed_at < offer.3, offer.4, 0),
                promotions.offers) AS discount_pct,
            -- What was cancelled is credited where it had been invoiced.
            whole.returned_value + greatest(whole.cancelled_value, documents.invoiced - whole.order_value) AS due_credit,
            documents.rebated + greatest(0, documents.credited - due_credit) AS given_back,
            toDate32(whole.placed_at, {time_zone: String}) AS placed_day,
            arrayFilter(period -> placed_day >= period.1 AND placed_day < period.2, rebated.periods) AS periods,
            -- Each line bears the same share of its money.
            if(whole.order_value > 0, given_back * toFloat64(whole.unit_price) / whole.order_value, 0)
                + toFloat64(whole.unit_price) * arraySum(arrayMap(period -> period.3, periods)) AS rebate_per_unit,
            whole.placed_at AS placed_at,
            -- What lowers the price belongs to what is told of it.
            arrayMax([whole.last_event_time, if(given_back > 0, documents.told_at, toDateTime64(0, 3, 'UTC')), arrayMax(period -> period.4, arrayPushBack(periods, (placed_day, placed_day, 0., toDateTime64(0, 3, 'UTC'))))]) AS last_event_time
        FROM whole
        LEFT JOIN promotions ON promotions.sku = whole.sku_id
        LEFT JOIN documents ON documents.dealer_id = whole.dealer_id AND documents.order_id = whole.order_id AND documents.currency = whole.currency
        LEFT JOIN rebated ON rebated.dealer_id = whole.dealer_id AND rebated.currency = whole.currency
        WHERE whole.floor_price IS NOT NULL
    )
SELECT 0 AS is_known, * EXCEPT (due_credit, given_back, placed_day, periods)
FROM priced
WHERE toFloat64(unit_price) - rebate_per_unit < floor_price
UNION ALL
SELECT
    1 AS is_known, origin_dealer_id AS dealer_id, sku_id, ref, region AS adcode, currency,
    units AS qty, toString(assumeNotNull(unit_value)) AS unit_price, expected AS floor_price, 0 AS discount_pct, 0 AS rebate_per_unit,
    first_event_time AS placed_at, event_time AS last_event_time
FROM raw_mart_dealer_signals FINAL
WHERE kind = 'below_floor'
  AND ({parts: UInt32} = 0 OR cityHash64(origin_dealer_id) % {parts: UInt32} = {part: UInt32})
  AND ({parts: UInt32} > 0 OR (origin_dealer_id, replaceRegexpOne(ref, ' / [0-9]+$', '')) IN (SELECT dealer_id, order_id FROM dirty))
ORDER BY dealer_id, ref, is_known
