-- Of the codes shipped to each dealer on a day: how many there are, how old they are in days at the watermark, after how many days those
-- were seen that were, and the units under the others. A code is on the way until another hand scans it, also to ship it on;
-- a case or pallet that nobody scans is seen with the first of its contents that is.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_since=2026-08-01 --param_watermark=2026-11-24T12:00:00Z
WITH
    toDate32({since: String}) AS first_day,
    toDateTime64({since: String}, 3, {time_zone: String}) AS begin,
    legs AS
    (
        SELECT item AS code, sku_id, level, shipped_at, dealer_id, next_seen_at AS next_at
        FROM mart_code_legs
        -- Wherever the local midnight lies.
        WHERE shipped_day >= first_day - 1 AND shipped_at >= begin
    ),
    -- Only for those that nobody scanned are the contents looked for: one in twenty, where all is well.
    contents AS
    (
        SELECT arrayJoin(if(empty(spellings), [known.code], spellings)) AS code, known.parent_code AS parent_code
        FROM raw_mart_code_journeys AS known FINAL
        WHERE known.parent_code != '' AND known.parent_code IN (SELECT code FROM legs WHERE next_at IS NULL)
    ),
    opened AS
    (
        SELECT contents.parent_code AS code, groupArray(scans.event_time) AS times
        FROM core_scans AS scans
        INNER JOIN contents ON contents.code = scans.code
        WHERE scans.code IN (SELECT code FROM contents) AND scans.biz_step NOT IN ('commissioning', 'packing') AND scans.event_time >= begin
        GROUP BY contents.parent_code
    ),
    told AS
    (
        SELECT
            legs.dealer_id AS dealer_id, legs.sku_id AS sku_id, legs.shipped_at AS shipped_at,
            toUInt16(dateDiff('day', first_day, toDate32(legs.shipped_at, {time_zone: String}))) AS day,
            coalesce(legs.next_at, arrayMin(arrayMap(t -> toNullable(t), arrayFilter(t -> t > legs.shipped_at, opened.times)))) AS seen_at,
            if(legs.level = 'unit', 1., ifNull(toFloat64(dictGet('raw_product_versions', 'pack_qty', tuple(legs.sku_id), legs.shipped_at)), 1.)) AS units
        FROM legs
        LEFT JOIN opened ON opened.code = legs.code
    )
SELECT
    dealer_id, sku_id, day,
    toUInt16(intDiv(greatest(dateDiff('second', max(shipped_at), {watermark: DateTime64(3, 'UTC')}), 0), 86400)) AS age,
    count() AS codes,
    groupArrayIf(toUInt16(intDiv(dateDiff('second', shipped_at, assumeNotNull(seen_at)), 86400)), seen_at IS NOT NULL) AS delays,
    sumIf(units, seen_at IS NULL) AS unseen_units
FROM told
GROUP BY dealer_id, sku_id, day
ORDER BY dealer_id, sku_id, day
