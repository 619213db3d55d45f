-- Notes what dealers are given back for a period by rebates that name no order, as a share of what they bought in it: what the programmes that are
-- known give for what was shipped to them less what went back, and what was paid to them for the period beyond the highest rate of its programme; both
-- once the dealer's own orders have come beyond the period's end, for until then it buys more, or all dealers' so many days beyond it, for then it has
-- stopped. Of some dealers, [] = of all. Only what differs from what is known is
-- written. The terms of a period are those of the last version that held in it, as in mart_rebates.
-- clickhouse-client --param_dealers="[]" --param_time_zone=Asia/Shanghai --param_version=1 --param_stopped_days=7
INSERT INTO raw_rebated_periods (dealer_id, currency, first_day, end_day, rate, told_at, version, is_deleted)
WITH
    versions AS
    (
        SELECT
            program_id, first_held, last_held, kind,
            -- What its tiers count, whether the last one reached holds for all, and the tiers: each from, to and rate.
            (basis, retroactive, arrayMap((tier, next) -> (toFloat64(tier.1), toFloat64(next.1), toFloat64(tier.2) / 100), tiers, arrayPushBack(arrayPopFront(tiers), (999999999999, 0)))) AS terms
        FROM raw_rebate_terms
    ),
    -- Day by day what a dealer bought, in three ways: ordered less cancelled, shipped less returned in money and in units. What is cancelled or goes back later
    -- counts on its own day: a period that is over stays as it was.
    days AS
    (
        SELECT dealer_id, currency, day, sum(ordered) AS ordered, sum(shipped) AS shipped, sum(units) AS units
        FROM
        (
            SELECT
                dealer_id, currency, toDate32(first_event_time, {time_zone: String}) AS day,
                toFloat64(ordered_qty) * toFloat64(unit_price) AS ordered,
                0. AS shipped, 0. AS units
            FROM raw_mart_order_lines FINAL
            WHERE empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)}
            UNION ALL
            SELECT
                dealer_id, currency, toDate32(moved.2, {time_zone: String}) AS day,
                if(moved.1 = 'cancelled', -toFloat64(moved.3) * toFloat64(unit_price), 0) AS ordered,
                transform(moved.1, ['shipped', 'returned'], [1., -1.], 0.) * toFloat64(moved.3) * toFloat64(unit_price) AS shipped, transform(moved.1, ['shipped', 'returned'], [1., -1.], 0.) * toFloat64(moved.3) AS units
            FROM raw_mart_order_lines FINAL
            ARRAY JOIN arrayFilter(one -> one.1 IN ('shipped', 'returned', 'cancelled'), arrayMap((stage, at, part) -> (stage, at, part), stages, entered_at, entered_qty)) AS moved
            WHERE empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)}
        )
        GROUP BY dealer_id, currency, day
    ),
    come AS
    (
        SELECT
            dealer_id,
            greatest(
                max(toDate32(last_event_time, {time_zone: String})),
                (SELECT toDate32(max(last_event_time), {time_zone: String}) FROM raw_mart_order_lines) - toIntervalDay({stopped_days: UInt8})) AS come_to
        FROM raw_mart_order_lines FINAL
        WHERE empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)}
        GROUP BY dealer_id
    ),
    booked AS
    (
        SELECT documents.dealer_id AS dealer_id, documents.currency AS currency, assumeNotNull(documents.program_id) AS program, toDate32(assumeNotNull(documents.period) || '-01') AS month, sum(toFloat64(amount)) AS paid, max(event_time) AS paid_at
        FROM core_money AS documents
        WHERE documents.kind = 'rebate_payment' AND ifNull(documents.order_id, '') = '' AND documents.period IS NOT NULL AND documents.program_id IS NOT NULL
          AND (empty({dealers: Array(String)}) OR documents.dealer_id IN {dealers: Array(String)})
        GROUP BY dealer_id, currency, program, month
    ),
    -- One row for each dealer, currency, programme and period of it.
    bought AS
    (
        SELECT
            dealer_id, currency, program, kind, first_day, if(kind = 'quarter', addMonths(first_day, 3), addMonths(first_day, 1)) AS end_day,
            sum(all_ordered) AS ordered, sum(all_shipped) AS shipped, sum(all_units) AS units, sum(all_paid) AS paid, max(all_paid_at) AS paid_at
        FROM
        (
            SELECT dealer_id, currency, versions.program_id AS program, versions.kind AS kind, if(kind = 'quarter', toDate32(toStartOfQuarter(day)), toDate32(toStartOfMonth(day))) AS first_day,
                days.ordered AS all_ordered, days.shipped AS all_shipped, days.units AS all_units, 0. AS all_paid, toDateTime64(0, 3, 'UTC') AS all_paid_at
            FROM days
            CROSS JOIN versions
            WHERE days.day BETWEEN versions.first_held AND versions.last_held
            UNION ALL
            SELECT dealer_id, currency, program, kind, if(kind = 'quarter', toDate32(toStartOfQuarter(month)), month) AS first_day, 0., 0., 0., all_paid, all_paid_at
            FROM
            (
                -- A payment is for a period of the kind that the last version has which was valid in its month.
                SELECT
                    dealer_id, currency, program, month, any(booked.paid) AS all_paid, any(booked.paid_at) AS all_paid_at,
                    argMax(versions.kind, (first_held < addMonths(month, 1) AND last_held >= month, first_held)) AS kind
                FROM booked
                INNER JOIN versions ON versions.program_id = booked.program
                GROUP BY dealer_id, currency, program, month
            )
        )
        GROUP BY dealer_id, currency, program, kind, first_day
        HAVING ordered > 0
    ),
    given AS
    (
        SELECT
            dealer_id, currency, first_day, end_day, paid_at,
            if(terms.1 = 'qty', units, shipped) AS total,
            arrayFilter(tier -> tier.1 <= total, terms.3) AS reached,
            multiIf(
                shipped <= 0 OR total <= 0 OR come_to < end_day OR empty(reached), 0,
                terms.2, reached[-1].3,
                arraySum(arrayMap(tier -> (least(tier.2, total) - tier.1) * tier.3, reached)) / total) AS due,
            arrayMax(arrayMap(tier -> tier.3, terms.3)) AS best,
            -- Programmes pay for what was shipped, some for what was ordered: paid beyond its best rate is what is so by either.
            if(come_to < end_day OR paid <= (best + 0.0001) * greatest(ordered, shipped), 0, paid / if(shipped > 0, shipped, ordered) - best) AS beyond
        FROM
        (
            SELECT bought.*, argMax(versions.terms, first_held) AS terms
            FROM bought
            INNER JOIN versions ON versions.program_id = bought.program AND versions.kind = bought.kind
            WHERE first_held < bought.end_day AND last_held >= bought.first_day
            GROUP BY ALL
        ) AS told
        INNER JOIN come ON come.dealer_id = told.dealer_id
    )
SELECT dealer_id, currency, first_day, end_day, new_rate, new_told_at, {version: UInt64}, new_rate = 0
FROM
(
    SELECT dealer_id, currency, first_day, end_day, sum(found) AS new_rate, sum(known) AS old_rate, max(found_at) AS new_told_at, max(known_at) AS old_told_at
    FROM
    (
        -- Payments are rounded to the cent.
        SELECT
            dealer_id, currency, first_day, end_day, due + beyond AS found, 0. AS known,
            if(beyond > 0, paid_at, toDateTime64(0, 3, 'UTC')) AS found_at, toDateTime64(0, 3, 'UTC') AS known_at
        FROM given
        UNION ALL
        SELECT dealer_id, currency, first_day, end_day, 0. AS found, rate AS known, toDateTime64(0, 3, 'UTC') AS found_at, told_at AS known_at
        FROM raw_rebated_periods FINAL
        WHERE empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)}
    )
    GROUP BY dealer_id, currency, first_day, end_day
)
WHERE abs(new_rate - old_rate) > 1e-9 OR new_told_at != old_told_at
