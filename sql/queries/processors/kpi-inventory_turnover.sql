-- Parts of inventory_turnover (D2) at each `as_of`, by currency: COGS of the 90 local days that end with the day of `as_of`,
-- and the time-weighted average value of all stock from the first of them (or the first snapshot) to `as_of`. A snapshot
-- holds until the next one of its location and product, at most 35 days. COGS counts only days from that first snapshot on.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    arrayMap(t -> toDateTime64(toString(toDate32(t, {time_zone: String}) - 89), 3, {time_zone: String}), instants) AS window_starts,
    arrayMap(t -> toUnixTimestamp64Milli(t), instants) AS instants_ms,
    arrayMap(t -> toUnixTimestamp64Milli(t), window_starts) AS starts_ms,
    toDate32(arrayMin(instants), {time_zone: String}) - 90 - 35 AS first_day,
    -- The days of each location and product, one array a column: sorting those is many times cheaper than a window over all rows.
    series AS
    (
        SELECT
            groupArray(day) AS d,
            -- The letters of ISO 4217 as a number: texts are kept several times slower.
            arraySort((x, k) -> k, groupArray(reinterpretAsUInt64(toString(currency))), d) AS currencies,
            arraySort(groupArray(first_at)) AS firsts,
            arraySort(groupArray(last_at)) AS lasts,
            arraySort((x, k) -> k, groupArray(toFloat64(value)), d) AS held,
            arraySort((x, k) -> k, groupArray(toFloat64(value_seconds)), d) AS held_seconds
        FROM mart_stock_days
        WHERE day >= first_day
        GROUP BY sku_id, dealer_id, location_id
    ),
    spans AS
    (
        SELECT
            one_currency AS currency_letters, one_held AS value, one_held_seconds AS value_seconds,
            toUnixTimestamp64Milli(one_first) AS first_ms, toUnixTimestamp64Milli(one_last) AS last_ms,
            least(toUnixTimestamp64Milli(one_next), last_ms + 35 * 86400000) AS until_ms,
            -- Most days lie wholly within the windows of all instants: they are added up once.
            first_ms >= arrayMax(starts_ms) AND until_ms <= arrayMin(instants_ms) AS is_inner,
            arrayMap(
                (at_ms, start_ms) -> (
                    first_ms < at_ms AND until_ms > start_ms,
                    -- Within the day: whole, but for the part of a day that the window cuts, which is taken in proportion.
                    if(last_ms > first_ms, value_seconds * greatest(0, least(last_ms, at_ms) - greatest(first_ms, start_ms)) / (last_ms - first_ms), 0)
                        + value * greatest(0, least(until_ms, at_ms) - greatest(last_ms, start_ms)) / 1000,
                    greatest(first_ms, start_ms)),
                if(is_inner, emptyArrayInt64(), instants_ms), if(is_inner, emptyArrayInt64(), starts_ms)) AS cut
        FROM series
        ARRAY JOIN
            currencies AS one_currency, firsts AS one_first, lasts AS one_last, held AS one_held, held_seconds AS one_held_seconds,
            arrayPushBack(arrayPopFront(firsts), toDateTime64('2299-12-31', 3, 'UTC')) AS one_next
    ),
    held_by AS
    (
        SELECT
            reinterpretAsString(currency_letters) AS currency,
            sumIf(value_seconds + value * (until_ms - last_ms) / 1000, is_inner) AS inner_seconds,
            minIf(first_ms, is_inner) AS inner_from,
            countIf(is_inner) AS inner_days,
            sumForEach(arrayMap(one -> if(one.1, one.2, 0), cut)) AS cut_seconds,
            minForEach(arrayMap(one -> if(one.1, one.3, 9223372036854775807), cut)) AS cut_from
        FROM spans
        GROUP BY currency_letters
    ),
    stock AS
    (
        SELECT
            as_of, currency, instant,
            fromUnixTimestamp64Milli(least(if(inner_days > 0, inner_from, 9223372036854775807), own_from), 'UTC') AS covered_from,
            inner_seconds + own_seconds AS held_value_seconds
        FROM held_by
        ARRAY JOIN
            {as_ofs: Array(String)} AS as_of, instants AS instant,
            arrayResize(cut_seconds, length(instants), 0.) AS own_seconds,
            arrayResize(cut_from, length(instants), 9223372036854775807) AS own_from
        WHERE inner_days > 0 OR own_from < 9223372036854775807
    ),
    cost_days AS
    (
        SELECT day, cost_currency, sum(shipped_cost - returned_cost) AS cogs, sum(mart_sales_days.uncosted_qty) AS uncosted
        FROM mart_sales_days
        WHERE day >= first_day AND (shipped_qty > 0 OR returned_qty > 0)
        GROUP BY day, cost_currency
    )
SELECT
    as_of,
    currency,
    held_value_seconds / (dateDiff('millisecond', covered_from, instant) / 1000) AS average_value,
    dateDiff('millisecond', covered_from, instant) / 86400000 AS days,
    toFloat64(sumIf(cost_days.cogs, (cost_days.day BETWEEN from_day AND to_day) AND cost_currency = currency)) AS cogs,
    toFloat64(sumIf(cost_days.uncosted, (cost_days.day BETWEEN from_day AND to_day))) AS uncosted_qty
FROM (SELECT *, toDate32(covered_from, {time_zone: String}) AS from_day, toDate32(instant, {time_zone: String}) AS to_day FROM stock) AS stock
CROSS JOIN (SELECT * FROM cost_days UNION ALL SELECT toDate32('1970-01-01'), '', 0, 0) AS cost_days
GROUP BY as_of, currency, held_value_seconds, covered_from, instant, from_day, to_day
