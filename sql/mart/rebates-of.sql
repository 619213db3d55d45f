-- mart_rebates of some dealers ([] = of all) and of the periods that lie between two days, each the first of a quarter: only what they
-- bought then is read.
-- SELECT * FROM raw_rebates_of(dealers = ['D1'], first_day = '1900-01-01', end_day = '2299-12-31')
CREATE OR REPLACE VIEW raw_rebates_of {{on_cluster}}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    (SELECT count() > 0 FROM raw_money) AS has_money,
    -- Whole counts of billionths, in 256 bits: nothing is rounded before the end.
    d -> toInt256(toDecimal256(d, 9) * 1000000000) AS nanos,
    n -> toDecimal128(toDecimal256(n, 9) / 1000000000, 9) AS from_nanos,
    programs AS
    (
        SELECT
            program_id, argMax(kind, valid_from) AS last_kind,
            arraySort(v -> v.1, groupArray((valid_from, basis, retroactive, tiers, split, first_held, last_held, kind))) AS versions
        FROM raw_rebate_terms
        GROUP BY program_id
    ),
    -- By month. What was bought has the kind of period of the version of its day, a document that of the last version valid in its month.
    entries AS
    (
        SELECT
            versions.program_id AS program_id, sales.dealer_id AS dealer_id, sales.currency AS currency, toNullable(versions.kind) AS told_kind,
            toDate32(toStartOfMonth(sales.day)) AS month,
            sales.value AS value, sales.units AS units, toDecimal128(0, 6) AS claim, toDecimal128(0, 6) AS booking
        FROM
        (
            SELECT dealer_id, currency, day, sum(shipped_value - returned_value) AS value, sum(shipped_qty - returned_qty) AS units
            FROM raw_mart_dealer_sales FINAL
            WHERE (empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)})
              AND day >= {first_day: Date32} AND day < {end_day: Date32}
              AND (shipped_qty > 0 OR returned_qty > 0)
            GROUP BY dealer_id, currency, day
        ) AS sales
        CROSS JOIN raw_rebate_terms AS versions
        WHERE sales.day BETWEEN versions.first_held AND versions.last_held
        UNION ALL
        SELECT
            assumeNotNull(documents.program_id) AS program_id, documents.dealer_id AS dealer_id, documents.currency AS currency, NULL AS told_kind,
            toDate32(ifNull(documents.period, formatDateTime(documents.event_time, '%Y-%m', '{{time_zone}}')) || '-01') AS month,
            toDecimal128(0, 9) AS value, toDecimal128(0, 3) AS units,
            if(documents.kind = 'rebate_claim', documents.amount, 0) AS claim, if(documents.kind = 'rebate_claim', 0, documents.amount) AS booking
        FROM core_money AS documents
        WHERE (empty({dealers: Array(String)}) OR documents.dealer_id IN {dealers: Array(String)})
          AND documents.program_id IS NOT NULL AND documents.kind IN ('rebate_claim', 'rebate_payment', 'credit_note')
          AND month >= {first_day: Date32} AND month < {end_day: Date32}
    ),
    -- Step by step: a name that is written out where it is used, and the names within it again, makes the planning of the query slower
    -- than all that it reads.
    kinds AS
    (
        SELECT
            entries.program_id AS program_id, dealer_id, currency, month, value, units, claim, booking, programs.versions AS all_versions,
            coalesce(told_kind, nullIf(arrayLast(v -> v.6 < addMonths(month, 1) AND v.7 >= month, programs.versions).8, ''), nullIf(programs.last_kind, ''), 'month') AS kind
        FROM entries
        LEFT JOIN programs ON programs.program_id = entries.program_id
    ),
    periods AS
    (
        SELECT
            program_id, dealer_id, currency, kind,
            if(kind = 'quarter', toDate32(toStartOfQuarter(month)), month) AS start, if(kind = 'quarter', addMonths(start, 3), addMonths(start, 1)) AS end,
            sum(value) AS net, sum(units) AS net_units, sum(claim) AS claims, sum(booking) AS bookings,
            -- Of the versions with such periods that were valid in it the last; none = one without tiers.
            arrayLast(v -> v.8 = kind AND v.6 < end AND v.7 >= start, any(all_versions)) AS held
        FROM kinds
        GROUP BY program_id, dealer_id, currency, kind, start
    ),
    totals AS
    (
        SELECT
            *, if(held.2 = 'qty', toDecimal128(net_units, 9), net) AS total,
            toInt256(multiIf(
                currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'), 1000000000,
                currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'), 1000000, 10000000)) AS unit
        FROM periods
    ),
    banded AS
    (
        SELECT
            *, nanos(total) AS total_nanos,
            arrayMap((tier, i) -> (nanos(tier.1), nanos(tier.2), if(i < length(held.4), nanos(held.4[i + 1].1), nanos(total))), held.4, arrayEnumerate(held.4)) AS bands
        FROM totals
    ),
    reaching AS
    (
        SELECT *, arrayFilter(band -> net > 0 AND total > 0 AND band.1 <= total_nanos, bands) AS reached
        FROM banded
    ),
    sharing AS
    (
        SELECT
            *,
            if(held.3, arrayMap(band -> (band.1, band.2, total_nanos), arraySlice(reached, -1)),
                arrayFilter(share -> share.3 > 0, arrayMap(band -> (band.1, band.2, least(band.3, total_nanos) - band.1), reached))) AS shares,
            greatest(total_nanos, toInt256(1)) * 100000000000 * unit AS divisor
        FROM reaching
    ),
    weighed AS
    (
        -- Of the net sales each share has what it counts of the total: a factor of all, which would be too much for 256 bits below.
        SELECT *, arrayMap(share -> share.3 * share.2, shares) AS weights
        FROM sharing
    ),
    rounded AS
    (
        SELECT *, arraySum(weights) AS weight, greatest(weight, toInt256(1)) AS whole, intDiv(2 * nanos(net) * weight + divisor, 2 * divisor) AS amount_units
        FROM weighed
    ),
    worths AS
    (
        SELECT
            *,
            -- Largest remainder, so that the steps sum to the rounded amount.
            arrayMap(w -> intDiv(amount_units * w, whole), weights) AS floors,
            arraySort((i, w) -> (-((amount_units * w) % whole), i), arrayEnumerate(weights), weights) AS by_remainder,
            toInt64(amount_units - arraySum(floors)) AS spare
        FROM rounded
    )
SELECT
    program_id,
    dealer_id,
    currency,
    kind AS period,
    start AS period_start,
    end AS period_end,
    toBool(end <= today) AS is_over,
    if(notEmpty(held.4), toNullable(held.1), NULL) AS version_from,
    held.2 AS basis,
    held.3 AS retroactive,
    held.4 AS tiers,
    held.5 AS split,
    net AS net_sales,
    net_units AS qty,
    total AS basis_value,
    unit,
    arrayMap((share, part, i) -> (from_nanos(share.1), from_nanos(share.2), from_nanos(share.3),
        from_nanos((part + (indexOf(by_remainder, i) <= spare)) * unit)), shares, floors, arrayEnumerate(shares)) AS steps,
    amount_units,
    toDecimal128(from_nanos(amount_units * unit), 6) AS amount,
    if(has_money, toNullable(claims), NULL) AS claimed,
    if(has_money, toNullable(bookings), NULL) AS booked,
    if(is_over, booked - amount, NULL) AS difference,
    multiIf(NOT has_money, 'no feed of money: nothing is known of claims and payments', empty(held.4), 'no version of the programme was valid in the period',
        NOT is_over, 'the period is not over', '') AS reason
FROM worths
COMMENT 'mart_rebates of the dealers that are named and of the periods between two days; dealers [] = of all'
