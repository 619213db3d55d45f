-- Computes the days of dealers that new deliveries touch anew, from all their order events, and replaces them.
INSERT INTO raw_mart_sales_days
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type IN ('order', 'product') AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    dirty AS
    (
        SELECT toDate32(event_time, {time_zone: String}) AS day, dealer_id
        FROM raw_orders
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION DISTINCT
        -- A new version of a product tells another cost for days that are long past.
        SELECT day, dealer_id
        FROM raw_mart_sales_days FINAL
        WHERE (shipped_qty > 0 OR returned_qty > 0) AND sku_id IN
            (SELECT sku_id FROM raw_products WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
    ),
    -- A local day lies within three UTC days; those are what the reading order can be searched by.
    utc_days AS (SELECT DISTINCT arrayJoin([day - 1, day, day + 1]) AS utc_day FROM dirty),
    events AS
    (
        SELECT
            toDate32(event_time, {time_zone: String}) AS day, dealer_id, sku_id, currency, stage, qty,
            qty * unit_price AS line_value,
            if(stage IN ('shipped', 'returned'), unit_cost, NULL) AS unit_cost,
            if(stage IN ('shipped', 'returned'), cost_currency, '') AS cost_currency
        FROM core_orders
        WHERE toDate(event_time) BETWEEN toDate32({first_day: String}) AND toDate32({last_day: String})
          AND toDate(event_time) IN (SELECT utc_day FROM utc_days)
          AND dealer_id IN (SELECT dealer_id FROM dirty)
          AND (toDate32(event_time, {time_zone: String}), dealer_id) IN (SELECT day, dealer_id FROM dirty)
    ),
    fresh AS
    (
        SELECT
            day, dealer_id, sku_id, currency, coalesce(cost_currency, '') AS cost_currency,
            countIf(stage = 'placed') AS placed_lines,
            sumIf(qty, stage = 'placed') AS placed_qty,
            sumIf(line_value, stage = 'placed') AS placed_value,
            sumIf(qty, stage = 'cancelled') AS cancelled_qty,
            sumIf(line_value, stage = 'cancelled') AS cancelled_value,
            sumIf(qty, stage = 'shipped') AS shipped_qty,
            sumIf(line_value, stage = 'shipped') AS shipped_value,
            sumIf(qty * coalesce(unit_cost, 0), stage = 'shipped') AS shipped_cost,
            sumIf(qty, stage = 'returned') AS returned_qty,
            sumIf(line_value, stage = 'returned') AS returned_value,
            sumIf(qty * coalesce(unit_cost, 0), stage = 'returned') AS returned_cost,
            sumIf(qty, stage IN ('shipped', 'returned') AND unit_cost IS NULL) AS uncosted_qty
        FROM events
        GROUP BY day, dealer_id, sku_id, currency, cost_currency
    )
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM fresh
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_sales_days FINAL
WHERE (day, dealer_id) IN (SELECT day, dealer_id FROM dirty)
