-- Rebates with their terms and parts, by programme, dealer and period, of some dealers: of those between the pairs of programme and dealer
-- `first` and `last`, both included. "" leaves a filter out. `after` is the place of the last row of the page before.
-- clickhouse-client --param_dealers="['D1']" --param_first="['P1','D1']" --param_last="['P1','D1']" --param_program_id= --param_month=
--   --param_after="['','','','']" --param_limit=50
WITH page AS
    (
        SELECT * EXCEPT (period_start, period_end), toString(rebates.period_start) AS first_day, toString(rebates.period_end) AS end_day
        FROM raw_rebates_of(dealers = {dealers: Array(String)}) AS rebates
        WHERE (toString(program_id), toString(dealer_id)) BETWEEN ({first: Array(String)}[1], {first: Array(String)}[2]) AND ({last: Array(String)}[1], {last: Array(String)}[2])
          AND ({program_id: String} = '' OR program_id = {program_id: String})
          AND ({month: String} = '' OR (toString(period_start) <= {month: String} || '-01' AND toString(period_end) > {month: String} || '-01'))
          AND (toString(program_id), toString(dealer_id), toString(currency), toString(period_start)) > ({after: Array(String)}[1], {after: Array(String)}[2], {after: Array(String)}[3], {after: Array(String)}[4])
        ORDER BY toString(program_id), toString(dealer_id), toString(currency), toString(period_start)
        LIMIT {limit: UInt32}
    )
SELECT
    program_id, dealer_id, currency, period, first_day AS period_start, end_day AS period_end, is_over, version_from,
    basis, retroactive, arrayMap(t -> (toString(t.1), toString(t.2)), tiers) AS tiers, net_sales, qty, amount, claimed, booked, difference, reason, parts
FROM page
LEFT JOIN
(
    SELECT
        program_id, earned_by AS dealer_id, currency, toString(split.period_start) AS first_day,
        arraySort(part -> part.2, groupArray((toString(split.dealer_id), level, toString(share_pct), toString(split.amount)))) AS parts
    FROM raw_rebate_split_of(dealers = {dealers: Array(String)}) AS split
    GROUP BY program_id, earned_by, currency, first_day
) AS splits USING (program_id, dealer_id, currency, first_day)
ORDER BY toString(program_id), toString(dealer_id), toString(currency), first_day
