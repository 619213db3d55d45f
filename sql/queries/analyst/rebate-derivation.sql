-- How the rebates of a dealer come about, tier by tier.
-- clickhouse-client --user analyst --param_dealer_id=D00001 --param_since=2026-01-01 --queries-file rebate-derivation.sql
SELECT program_id, version_from, period_start, basis, basis_value, tier_from, rate_pct, counted, amount, currency
FROM mart_rebate_lines
WHERE dealer_id = {dealer_id: String} AND period_start >= {since: Date32}
ORDER BY program_id, period_start, tier_from
