-- The steps of each rebate programme in each of its periods that lie in the days looked at: the version that holds at the end.
-- clickhouse-client --param_since=2026-08-01 --param_days=120
WITH
    toDate32({since: String}) AS first_day,
    first_day + {days: UInt16} AS last_day,
    starts AS
    (
        SELECT
            program_id, valid_from, effective_to, basis, period, arrayMap(tier -> toFloat64(tier.1), tiers) AS tiers_from,
            arrayJoin(arrayMap(n -> addMonths(if(period = 'quarter', toStartOfQuarter(first_day), toStartOfMonth(first_day)), n), range(0, 14, if(period = 'quarter', 3, 1)))) AS starts_on
        FROM core_rebate_programs
        WHERE effective_to > valid_from
    )
SELECT
    program_id,
    dateDiff('day', first_day, toDate32(starts_on)) AS `from`,
    dateDiff('day', first_day, toDate32(addMonths(starts_on, if(any(period) = 'quarter', 3, 1)))) AS `to`,
    argMax(basis, valid_from) AS basis,
    argMax(tiers_from, valid_from) AS tiers_from
FROM starts
WHERE toDate32(starts_on) < last_day
  AND toDate32(valid_from) < toDate32(addMonths(starts_on, if(period = 'quarter', 3, 1))) AND toDate32(effective_to) > toDate32(starts_on)
GROUP BY program_id, starts_on
ORDER BY program_id, starts_on
