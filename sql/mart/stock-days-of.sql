-- Days of stock as they were known at a time, each in parts at the instants `cuts`, [] = whole: what stood at an instant of a day is then the last
-- of its part, where the whole day would tell of its end alone.
-- SELECT * FROM raw_stock_days_of(known_at = '2026-11-24 12:00:00', first_day = '2026-11-22', last_day = '2026-11-24', cuts = ['2026-11-23T04:00:00.000Z'])
CREATE OR REPLACE VIEW raw_stock_days_of {{on_cluster}}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    snapshots AS
    (
        SELECT
            sku_id, dealer_id, location_id, toDate32(event_time, '{{time_zone}}') AS day,
            -- Of two snapshots of one instant the higher id counts as the later.
            (event_time, source, event_id) AS place,
            currency, on_hand, in_transit, committed, on_hand - committed AS available, on_hand * unit_cost AS held_value,
            arrayCount(cut -> parseDateTime64BestEffort(cut, 3, 'UTC') < event_time, {cuts: Array(String)}) AS part
        FROM core_stock
        WHERE event_time >= toDateTime64({first_day: Date32}, 3, 'UTC')
          AND event_time < toDateTime64({last_day: Date32}, 3, 'UTC') + INTERVAL 1 DAY
          AND ingested_at <= {known_at: DateTime64(3, 'UTC')}
    ),
    series AS
    (
        SELECT
            sku_id, dealer_id, location_id, day,
            arraySort(groupArray((place, held_value, available, currency, on_hand, in_transit, committed))) AS path,
            path.1.1 AS at,
            path.2 AS held
        FROM snapshots
        GROUP BY sku_id, dealer_id, location_id, day, part
    )
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
    toDecimal128(arraySum((value_held, since, until) -> value_held * dateDiff('millisecond', since, until) / 1000, arrayPopBack(held), arrayPopBack(at), arrayPopFront(at)), 6) AS value_seconds,
    length(at) AS snapshots
FROM series
COMMENT 'Days of stock out of the snapshots known at a time, parted at the instants cuts'
