-- The three-way match: open differences by pair and age.
-- clickhouse-client --user analyst --param_dealer_id='' --queries-file unmatched-by-age.sql
SELECT pair, age_band, currency, count() AS differences, sum(difference) AS net, sum(abs(difference)) AS gross
FROM mart_reconciliation
WHERE difference IS NOT NULL AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
GROUP BY pair, age_band, currency
ORDER BY pair, min(age_days), currency
