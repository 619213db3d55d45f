-- Notes for which periods dealers were paid more rebate than their programmes promise at best, as a share of what they ordered in them: of the dealers
-- of whom new deliveries tell a payment or an order, of all where a programme has a new version or `all` is 1. Only what differs from
-- what is known is written. Nothing is said of a programme that is not known, nor of a payment that names no period or an order.
-- clickhouse-client --param_topics="['dms.money.v1']" --param_partitions="[0]" --param_froms="[0]" --param_tos="[1000]" --param_conflicts_since='2026-11-24 12:00:00' --param_time_zone=Asia/Shanghai --param_all=1 --param_version=1
INSERT INTO raw_overpaid_periods
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type IN ('order', 'money', 'rebate_program') AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    ({all: UInt8} = 1 OR (SELECT count() FROM raw_rebate_programs WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)) > 0) AS of_all,
    touched AS
    (
        SELECT dealer_id FROM raw_money
        WHERE kind = 'rebate_payment' AND (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION DISTINCT
        SELECT dealer_id FROM raw_orders WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    ),
    programmes AS
    (
        SELECT program_id, argMax(core_rebate_programs.period, valid_from) AS kind, max(arrayMax(arrayMap(tier -> toFloat64(tier.rate_pct), tiers))) / 100 AS best_rate
        FROM core_rebate_programs
        WHERE effective_to > valid_from
        GROUP BY program_id
    ),
    booked AS
    (
        SELECT
            dealer_id, currency, program, first_day, if(any(kind) = 'quarter', addMonths(first_day, 3), addMonths(first_day, 1)) AS end_day,
            toFloat64(sum(amount)) AS paid, any(best_rate) AS promised
        FROM
        (
            SELECT
                documents.dealer_id AS dealer_id, documents.currency AS currency, programmes.program_id AS program, programmes.kind AS kind, best_rate, amount,
                toDate32(assumeNotNull(documents.period) || '-01') AS month,
                if(kind = 'quarter', toDate32(toStartOfQuarter(month)), month) AS first_day
            FROM core_money AS documents
            INNER JOIN programmes ON programmes.program_id = ifNull(documents.program_id, '')
            WHERE documents.kind = 'rebate_payment' AND ifNull(documents.order_id, '') = '' AND documents.period IS NOT NULL
              AND (of_all OR documents.dealer_id IN (SELECT dealer_id FROM touched))
        )
        GROUP BY dealer_id, currency, program, first_day
    ),
    bought AS
    (
        SELECT
            dealer_id, currency, toDate32(first_event_time, {time_zone: String}) AS day,
            sum(toFloat64(greatest(0, ordered_qty - arraySum(arrayMap((stage, part) -> if(stage = 'cancelled', part, toDecimal64(0, 3)), stages, entered_qty)))) * toFloat64(unit_price)) AS value
        FROM raw_mart_order_lines FINAL
        WHERE dealer_id IN (SELECT dealer_id FROM booked)
        GROUP BY dealer_id, currency, day
    ),
    fresh AS
    (
        SELECT dealer_id, currency, first_day, end_day, sum(greatest(0, paid - promised * worth)) / any(worth) AS rate
        FROM
        (
            SELECT booked.dealer_id AS dealer_id, booked.currency AS currency, program, first_day, end_day, any(paid) AS paid, any(promised) AS promised, sum(value) AS worth
            FROM booked
            INNER JOIN bought ON bought.dealer_id = booked.dealer_id AND bought.currency = booked.currency
            WHERE day >= first_day AND day < end_day
            GROUP BY dealer_id, currency, program, first_day, end_day
            HAVING worth > 0
        )
        GROUP BY dealer_id, currency, first_day, end_day
        -- Payments are rounded to the cent.
        HAVING rate > 0.0001
    )
SELECT dealer_id, currency, first_day, end_day, new_rate, {version: UInt64}, new_rate = 0
FROM
(
    SELECT dealer_id, currency, first_day, end_day, sum(found) AS new_rate, sum(known) AS old_rate
    FROM
    (
        SELECT dealer_id, currency, first_day, end_day, rate AS found, 0. AS known FROM fresh
        UNION ALL
        SELECT dealer_id, currency, first_day, end_day, 0. AS found, rate AS known
        FROM raw_overpaid_periods FINAL
        WHERE of_all OR dealer_id IN (SELECT dealer_id FROM touched)
    )
    GROUP BY dealer_id, currency, first_day, end_day
)
WHERE abs(new_rate - old_rate) > 1e-9
