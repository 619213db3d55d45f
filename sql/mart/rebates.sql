CREATE OR REPLACE VIEW mart_rebates {{on_cluster}}
(
    program_id LowCardinality(String) COMMENT 'the programme',
    dealer_id LowCardinality(String) COMMENT 'the dealer that earned it',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money',
    period LowCardinality(String) COMMENT 'month or quarter',
    period_start Date32 COMMENT 'first local day of the period',
    period_end Date32 COMMENT 'first local day after it',
    is_over Bool COMMENT 'whether it has ended; before that the rebate grows with every shipment',
    version_from Nullable(DateTime64(3, 'UTC')) COMMENT 'version of the programme whose terms hold: the last that was valid in the period, by its valid_from; null = none was',
    basis LowCardinality(String) COMMENT 'what the tiers count: net_sales or qty',
    retroactive Bool COMMENT 'the reached rate holds for all of the period, not only above the step',
    tiers Array(Tuple(`from` Decimal(18, 3), rate_pct Decimal(9, 4))) COMMENT 'the terms',
    split Array(Tuple(level UInt8, share_pct Decimal(9, 4))) COMMENT 'shares over the chain of parents; [] = all to the dealer',
    net_sales Decimal(38, 6) COMMENT 'shipped less returned, on days on which a version of the programme was valid',
    qty Decimal(38, 3) COMMENT 'the same in units',
    basis_value Decimal(38, 6) COMMENT 'net_sales or qty, as the basis says',
    steps Array(Tuple(tier_from Decimal(38, 6), rate_pct Decimal(38, 6), counted Decimal(38, 6), amount Decimal(38, 6))) COMMENT 'derivation: what of basis_value falls to each tier, and what that earns; the amounts sum to amount',
    amount Decimal(38, 6) COMMENT 'the rebate recomputed: exact, rounded once to the smallest unit of the currency, a half away from zero',
    claimed Nullable(Decimal(38, 6)) COMMENT 'rebate claims for programme and period; null where the feed of money is missing',
    booked Nullable(Decimal(38, 6)) COMMENT 'rebates paid and credit notes for programme and period; null where the feed of money is missing',
    difference Nullable(Decimal(38, 6)) COMMENT 'booked - amount; null while the period is not over, or where the feed of money is missing',
    reason String COMMENT 'why difference is null, or why nothing is earned; empty = neither'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    (SELECT count() > 0 FROM raw_money) AS has_money,
    -- Whole counts of millionths, in 256 bits: nothing is rounded before the end.
    d -> toInt256(toDecimal256(d, 6) * 1000000) AS micros,
    m -> toDecimal128(toDecimal256(m, 6) / 1000000, 6) AS from_micros,
    (day, kind) -> if(kind = 'quarter', toDate32(toStartOfQuarter(day)), toDate32(toStartOfMonth(day))) AS start_of,
    versions AS
    (
        SELECT program_id, valid_from, effective_to, basis, core_rebate_programs.period AS kind, tiers, retroactive, split
        FROM core_rebate_programs
        WHERE effective_to > valid_from
    ),
    entries AS
    (
        SELECT
            versions.program_id AS program_id, sales.dealer_id AS dealer_id, sales.currency AS currency, versions.kind AS kind,
            start_of(sales.day, versions.kind) AS start,
            sales.shipped_value - sales.returned_value AS value, sales.shipped_qty - sales.returned_qty AS units,
            toDecimal128(0, 6) AS claim, toDecimal128(0, 6) AS booking
        FROM mart_sales_days AS sales
        CROSS JOIN versions
        WHERE sales.day >= toDate32(versions.valid_from, '{{time_zone}}') AND sales.day < toDate32(versions.effective_to, '{{time_zone}}')
          AND (sales.shipped_qty > 0 OR sales.returned_qty > 0)
        UNION ALL
        SELECT
            assumeNotNull(documents.program_id) AS program_id, documents.dealer_id, documents.currency, ifNull(nullIf(latest.kind, ''), 'month') AS kind,
            start_of(toDate32(ifNull(documents.period, formatDateTime(documents.event_time, '%Y-%m', '{{time_zone}}')) || '-01'), kind) AS start,
            toDecimal128(0, 6) AS value, toDecimal128(0, 3) AS units,
            if(documents.kind = 'rebate_claim', documents.amount, 0) AS claim, if(documents.kind = 'rebate_claim', 0, documents.amount) AS booking
        FROM core_money AS documents
        LEFT JOIN (SELECT program_id, argMax(kind, valid_from) AS kind FROM versions GROUP BY program_id) AS latest ON latest.program_id = documents.program_id
        WHERE documents.program_id IS NOT NULL AND documents.kind IN ('rebate_claim', 'rebate_payment', 'credit_note')
    ),
    periods AS
    (
        SELECT
            program_id, dealer_id, currency, kind, start,
            if(kind = 'quarter', addMonths(start, 3), addMonths(start, 1)) AS end,
            sum(value) AS net, sum(units) AS net_units, sum(claim) AS claims, sum(booking) AS bookings
        FROM entries
        GROUP BY program_id, dealer_id, currency, kind, start
    ),
    terms AS
    (
        SELECT
            spans.program_id AS program_id, spans.kind AS kind, spans.start AS start,
            argMax((versions.valid_from, versions.basis, versions.retroactive, versions.tiers, versions.split), versions.valid_from) AS held
        FROM (SELECT DISTINCT program_id, kind, start, end FROM periods) AS spans
        INNER JOIN versions ON versions.program_id = spans.program_id
        WHERE toDate32(versions.valid_from, '{{time_zone}}') < spans.end AND toDate32(versions.effective_to, '{{time_zone}}') > spans.start
        GROUP BY program_id, kind, start
    ),
    worths AS
    (
        SELECT
            periods.*, terms.held AS held, notEmpty(held.4) AS has_terms,
            if(held.2 = 'qty', toDecimal128(net_units, 6), net) AS total,
            arrayMap((tier, i) -> (micros(tier.1), micros(tier.2), if(i < length(held.4), micros(held.4[i + 1].1), micros(total))), held.4, arrayEnumerate(held.4)) AS bands,
            arrayFilter(band -> net > 0 AND total > 0 AND band.1 <= micros(total), bands) AS reached,
            if(held.3, arrayMap(band -> (band.1, band.2, micros(total)), arraySlice(reached, -1)),
                arrayFilter(share -> share.3 > 0, arrayMap(band -> (band.1, band.2, least(band.3, micros(total)) - band.1), reached))) AS shares,
            arrayMap(share -> micros(net) * share.3 * share.2, shares) AS weights,
            arraySum(weights) AS weight,
            toInt256(multiIf(
                currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'), 1000000,
                currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'), 1000, 10000)) AS unit,
            greatest(micros(total), toInt256(1)) * 100000000 * unit AS divisor,
            intDiv(2 * weight + divisor, 2 * divisor) AS amount_units,
            -- Largest remainder, so that the steps sum to the rounded amount.
            arrayMap(w -> intDiv(amount_units * w, greatest(weight, toInt256(1))), weights) AS floors,
            arraySort((i, w) -> (-((amount_units * w) % greatest(weight, toInt256(1))), i), arrayEnumerate(weights), weights) AS by_remainder,
            toInt64(amount_units - arraySum(floors)) AS spare
        FROM periods
        LEFT JOIN terms ON terms.program_id = periods.program_id AND terms.kind = periods.kind AND terms.start = periods.start
    )
SELECT
    program_id,
    dealer_id,
    currency,
    kind AS period,
    start AS period_start,
    end AS period_end,
    toBool(end <= today) AS is_over,
    if(has_terms, toNullable(held.1), NULL) AS version_from,
    held.2 AS basis,
    held.3 AS retroactive,
    held.4 AS tiers,
    held.5 AS split,
    net AS net_sales,
    net_units AS qty,
    total AS basis_value,
    arrayMap((share, part, i) -> (from_micros(share.1), from_micros(share.2), from_micros(share.3),
        from_micros((part + (indexOf(by_remainder, i) <= spare)) * unit)), shares, floors, arrayEnumerate(shares)) AS steps,
    from_micros(amount_units * unit) AS amount,
    if(has_money, toNullable(claims), NULL) AS claimed,
    if(has_money, toNullable(bookings), NULL) AS booked,
    if(is_over, booked - amount, NULL) AS difference,
    multiIf(NOT has_money, 'no feed of money: nothing is known of claims and payments', NOT has_terms, 'no version of the programme was valid in the period',
        NOT is_over, 'the period is not over', '') AS reason
FROM worths
COMMENT 'Rebates of each programme, dealer and period, recomputed in exact decimals and held against what was claimed and booked (D10)'
