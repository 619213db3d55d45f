-- Computes the days of dealers that new deliveries touch anew, from all their snapshots, and replaces them.
INSERT INTO raw_mart_stock_days
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type = 'stock' AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    dirty AS
    (
        SELECT DISTINCT toDate32(event_time, {time_zone: String}) AS day, dealer_id
        FROM raw_stock
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    ),
    snapshots AS
    (
        SELECT
            sku_id, dealer_id, location_id, toDate32(event_time, {time_zone: String}) AS day,
            -- Of two snapshots of one instant the higher id counts as the later.
            (event_time, source, event_id) AS place,
            currency, on_hand, in_transit, committed, on_hand - committed AS available, on_hand * unit_cost AS held_value
        FROM core_stock
        WHERE event_time >= toDateTime64({first_day: String}, 3, 'UTC')
          AND event_time < toDateTime64({last_day: String}, 3, 'UTC') + INTERVAL 1 DAY
          AND dealer_id IN (SELECT dealer_id FROM dirty)
          AND (toDate32(event_time, {time_zone: String}), dealer_id) IN (SELECT day, dealer_id FROM dirty)
    ),
    series AS
    (
        SELECT
            sku_id, dealer_id, location_id, day,
            arraySort(groupArray((place, held_value, available, currency, on_hand, in_transit, committed))) AS path,
            path.1.1 AS at,
            path.2 AS held
        FROM snapshots
        GROUP BY sku_id, dealer_id, location_id, day
    ),
    fresh AS
    (
        SELECT
            sku_id, dealer_id, location_id, day,
            path[-1].4 AS currency,
            at[1] AS first_at,
            at[-1] AS last_at,
            path[-1].5 AS on_hand,
            path[-1].6 AS in_transit,
            path[-1].7 AS committed,
            path[-1].3 AS available,
            arrayMax(path.3) AS available_max,
            held[-1] AS value,
            arraySum(i -> held[i] * dateDiff('millisecond', at[i], at[i + 1]) / 1000, range(1, length(at))) AS value_seconds,
            length(at) AS snapshots
        FROM series
    )
SELECT
    sku_id, dealer_id, location_id, day, currency, first_at, last_at, on_hand, in_transit, committed, available, available_max,
    value, toDecimal128(value_seconds, 6) AS value_seconds, snapshots, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM fresh
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_stock_days FINAL
WHERE (day, dealer_id) IN (SELECT day, dealer_id FROM dirty)
