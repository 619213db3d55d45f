-- Statements of one dealer's account, month by month, the latest first.
-- clickhouse-client --param_dealer_id=D1 --param_limit=24
SELECT dealer_id, currency, substring(toString(mart_statements.month), 1, 7) AS month, opening, invoiced, paid, credited, rebated, closing
FROM mart_statements
WHERE dealer_id = {dealer_id: String}
ORDER BY mart_statements.month DESC, currency
LIMIT {limit: UInt32}
