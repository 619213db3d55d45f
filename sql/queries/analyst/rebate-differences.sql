-- Rebates booked that are not what was earned: the sum, and each.
-- clickhouse-client --user analyst --param_since=2026-01-01 --queries-file rebate-differences.sql
SELECT program_id, dealer_id, currency, period_start, amount, claimed, booked, difference, sum(abs(difference)) OVER (PARTITION BY currency) AS all_differences
FROM mart_rebates
WHERE period_start >= {since: Date32} AND difference != 0
ORDER BY abs(difference) DESC, dealer_id
LIMIT 1000
