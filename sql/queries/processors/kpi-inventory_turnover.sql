-- Parts of inventory_turnover (D2) at each `as_of`, by currency: COGS of the 90 local days that end with the day of `as_of`,
-- and the time-weighted average value of all stock from the first of them (or the first snapshot) to `as_of`. A snapshot
-- holds until the next one of its location and product, at most 35 days. COGS is that of the dealers with stock, each from its own first
-- snapshot in the window on, as in mart_turnover. What is costed in a currency that none of the dealer's stock is told in is counted, and in no sum.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    arrayMap(t -> toDateTime64(toString(toDate32(t, {time_zone: String}) - 89), 3, {time_zone: String}), instants) AS window_starts,
    arrayMap(t -> toDate32(t, {time_zone: String}), instants) AS as_of_days,
    arrayMap(t -> toUnixTimestamp64Milli(t), instants) AS instants_ms,
    arrayMap(t -> toUnixTimestamp64Milli(t), window_starts) AS starts_ms,
    toDate32(arrayMin(instants), {time_zone: String}) - 90 - 35 AS first_day,
    -- The days of each location and product, one array a column: sorting those is many times cheaper than a window over all rows.
    series AS
    (
        SELECT
            dealer_id,
            groupArray(last_at) AS ends,
            -- The letters of ISO 4217 as a number: texts are kept several times slower.
            arraySort((x, k) -> k, groupArray(reinterpretAsUInt64(toString(currency))), ends) AS currencies,
            arraySort(groupArray(first_at)) AS firsts,
            arraySort(groupArray(last_at)) AS lasts,
            arraySort((x, k) -> k, groupArray(toFloat64(value)), ends) AS held,
            arraySort((x, k) -> k, groupArray(toFloat64(value_seconds)), ends) AS held_seconds
        FROM mart_stock_days
        WHERE day >= first_day
        GROUP BY sku_id, dealer_id, location_id
    ),
    spans AS
    (
        SELECT
            dealer_id,
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
            dealer_id,
            reinterpretAsString(currency_letters) AS currency,
            sumIf(value_seconds + value * (until_ms - last_ms) / 1000, is_inner) AS inner_seconds,
            minIf(first_ms, is_inner) AS inner_from,
            countIf(is_inner) AS inner_days,
            sumForEach(arrayMap(one -> if(one.1, one.2, 0), cut)) AS cut_seconds,
            minForEach(arrayMap(one -> if(one.1, one.3, 9223372036854775807), cut)) AS cut_from
        FROM spans
        GROUP BY dealer_id, currency_letters
    ),
    stock AS
    (
        SELECT
            dealer_id, currency,
            arrayMap(own -> inner_seconds + own, arrayResize(cut_seconds, length(instants), 0.)) AS held_seconds,
            arrayMap(own -> least(if(inner_days > 0, inner_from, 9223372036854775807), own), arrayResize(cut_from, length(instants), 9223372036854775807)) AS from_ms,
            arrayMap(ms -> if(ms = 9223372036854775807, toDate32('2299-12-31'), toDate32(fromUnixTimestamp64Milli(ms, 'UTC'), {time_zone: String})), from_ms) AS from_days,
            groupUniqArray(currency) OVER (PARTITION BY dealer_id) AS held_currencies
        FROM held_by
    ),
    cost_days AS
    (
        SELECT dealer_id, day, cost_currency, sum(shipped_cost - returned_cost) AS cogs, sum(mart_sales_days.uncosted_qty) AS uncosted
        FROM mart_sales_days
        WHERE day >= first_day AND (shipped_qty > 0 OR returned_qty > 0)
        GROUP BY dealer_id, day, cost_currency
    ),
    -- The costs of a dealer on the days that its own stock is known of: of one that tells no stock nothing is known to turn over.
    dealers AS
    (
        SELECT
            stock.dealer_id AS dealer_id, stock.currency AS currency,
            any(stock.held_seconds) AS held,
            any(stock.from_ms) AS since_ms,
            sumForEach(arrayMap(
                (from_day, to_day) -> if(cost_days.day BETWEEN from_day AND to_day AND cost_days.cost_currency = stock.currency, toDecimal128(cost_days.cogs, 9), toDecimal128(0, 9)),
                stock.from_days, as_of_days)) AS costs,
            sumForEach(arrayMap(
                (from_day, to_day) -> if(cost_days.day BETWEEN from_day AND to_day, cost_days.uncosted, toDecimal128(0, 3)),
                stock.from_days, as_of_days)) AS uncosted_units,
            sumForEach(arrayMap(
                (from_day, to_day) -> toUInt64(cost_days.day BETWEEN from_day AND to_day AND cost_days.cogs != 0 AND cost_days.cost_currency != '' AND NOT has(stock.held_currencies, cost_days.cost_currency)),
                stock.from_days, as_of_days)) AS foreign_days
        FROM stock
        LEFT JOIN cost_days ON cost_days.dealer_id = stock.dealer_id
        GROUP BY dealer_id, currency
    ),
    totals AS
    (
        SELECT currency, sumForEach(held) AS all_held, minForEach(since_ms) AS all_since_ms, sumForEach(costs) AS all_costs, sumForEach(uncosted_units) AS all_uncosted, sumForEach(foreign_days) AS all_foreign
        FROM dealers
        GROUP BY currency
    )
SELECT
    as_of,
    currency,
    held_value_seconds / ((instant_ms - covered_ms) / 1000) AS average_value,
    (instant_ms - covered_ms) / 86400000 AS days,
    toFloat64(cost) AS cogs,
    toFloat64(uncosted_units) AS uncosted_qty,
    toUInt32(foreign_days) AS costed_elsewhere
FROM totals
ARRAY JOIN
    {as_ofs: Array(String)} AS as_of, instants_ms AS instant_ms,
    all_held AS held_value_seconds, all_since_ms AS covered_ms, all_costs AS cost, all_uncosted AS uncosted_units, all_foreign AS foreign_days
WHERE covered_ms < 9223372036854775807
