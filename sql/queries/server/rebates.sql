-- Rebates with their terms and parts, by programme, dealer and period, of some dealers and of the periods between two days, each the first of a
-- quarter: of those between the pairs of programme and dealer `first` and `last`, both included. "" leaves a filter out. `after` is the
-- place of the last row of the page before. A month and a quarter may begin on one day: where a programme went from one to the other.
-- clickhouse-client --param_dealers="['D1']" --param_first_day=1900-01-01 --param_end_day=2299-12-31 --param_first="['P1','D1']"
--   --param_last="['P1','D1']" --param_program_id= --param_month= --param_after="['','','','']" --param_limit=50
SELECT
    program_id, dealer_id,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(toString(dealer_id)), now64(3, 'UTC')), ''), toString(dealer_id)) AS dealer_name,
    currency, period, toString(rebates.period_start) AS period_start, toString(rebates.period_end) AS period_end, is_over,
    version_from, basis, retroactive, arrayMap(t -> (toString(t.1), toString(t.2)), rebates.tiers) AS tiers, net_sales, qty, amount,
    claimed, booked, difference, reason,
    arrayMap(part -> (part.2, part.1, toString(part.3), toString(part.4)), rebates.parts) AS parts
FROM raw_rebate_split_of(dealers = {dealers: Array(String)}, first_day = {first_day: Date32}, end_day = {end_day: Date32}) AS rebates
WHERE (toString(program_id), toString(dealer_id)) BETWEEN ({first: Array(String)}[1], {first: Array(String)}[2]) AND ({last: Array(String)}[1], {last: Array(String)}[2])
  AND ({program_id: String} = '' OR program_id = {program_id: String})
  AND ({month: String} = '' OR (toString(rebates.period_start) <= {month: String} || '-01' AND toString(rebates.period_end) > {month: String} || '-01'))
  AND (toString(program_id), toString(dealer_id), toString(currency), toString(rebates.period_start) || ' ' || period)
      > ({after: Array(String)}[1], {after: Array(String)}[2], {after: Array(String)}[3], {after: Array(String)}[4])
ORDER BY toString(program_id), toString(dealer_id), toString(currency), toString(rebates.period_start), period
LIMIT {limit: UInt32}
