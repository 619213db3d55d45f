-- Computes the orders that new deliveries touch anew, from all their events, and replaces their lines.
INSERT INTO raw_mart_order_lines
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type = 'order' AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    dirty AS
    (
        SELECT DISTINCT dealer_id, order_id
        FROM raw_orders
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    ),
    -- Of two events of one instant the one further on in the life of a line counts as the later.
    ['placed', 'confirmed', 'rework', 'finance_review', 'approved', 'allocated', 'shipped', 'delivered', 'cancelled', 'returned'] AS life,
    events AS
    (
        SELECT
            dealer_id, order_id, line_no, sku_id, currency, channel, qty, unit_price, requested_date, expedited, stage, event_time,
            (event_time, indexOf(life, stage), source, event_id) AS place,
            -- What was ordered is told by the placing; while that has not come, by the first event that has.
            (stage != 'placed', place) AS as_placed
        FROM core_orders
        WHERE toDate(event_time) BETWEEN toDate32({first_day: String}) AND toDate32({last_day: String})
          AND (dealer_id, order_id) IN (SELECT dealer_id, order_id FROM dirty)
    ),
    lines AS
    (
        SELECT
            dealer_id,
            order_id,
            line_no,
            argMin(sku_id, as_placed) AS sku_id,
            argMin(currency, as_placed) AS currency,
            argMin(channel, as_placed) AS channel,
            argMin(qty, as_placed) AS ordered_qty,
            argMin(unit_price, as_placed) AS unit_price,
            argMin(tuple(requested_date), as_placed).1 AS requested_date,
            minOrNullIf(event_time, stage = 'placed') AS placed_at,
            minOrNullIf(event_time, stage = 'shipped') AS first_shipped_at,
            countIf(stage = 'rework') AS reworks,
            max(coalesce(expedited, false)) AS any_expedited,
            arraySort(groupArray((place, stage, qty))) AS path,
            min(event_time) AS first_event_time,
            max(event_time) AS last_event_time
        FROM events
        GROUP BY dealer_id, order_id, line_no
    ),
    paths AS
    (
        SELECT
            * EXCEPT path,
            path.2 AS stages,
            path.1.1 AS entered_at,
            path.3 AS entered_qty,
            -- Places where a visit of a stage begins: the same stage again (a second part shipped) goes on with it.
            arrayFilter(i -> i = 1 OR stages[i] != stages[i - 1], arrayEnumerate(stages)) AS visits
        FROM lines
    ),
    fresh AS
    (
        SELECT
            dealer_id, order_id, line_no, sku_id, currency, channel, ordered_qty, unit_price, requested_date, placed_at,
            first_shipped_at, stages[-1] AS stage, entered_at[visits[-1]] AS stage_since, reworks,
            length(visits) > length(arrayDistinct(stages)) AS revisited, any_expedited AS expedited,
            stages, entered_at, entered_qty,
            arrayMap(i -> stages[i], visits) AS visited,
            arrayMap(i -> entered_at[i], visits) AS visited_from,
            arrayPushBack(arrayMap(i -> toNullable(entered_at[i]), arrayPopFront(visits)), NULL) AS visited_until,
            first_event_time, last_event_time
        FROM paths
    )
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM fresh
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_order_lines FINAL
WHERE (dealer_id, order_id) IN (SELECT dealer_id, order_id FROM dirty)
