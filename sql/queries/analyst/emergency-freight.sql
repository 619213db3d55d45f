-- Lanes by what their emergency freight costs above the usual, since a month.
-- clickhouse-client --user analyst --param_since=2026-01-01 --queries-file emergency-freight.sql
SELECT supplied_by, dealer_id, currency, sum(orders) AS all_orders, sum(expedited_orders) / all_orders AS share, sum(premium) AS above_usual
FROM mart_freight
WHERE month >= {since: Date32}
GROUP BY supplied_by, dealer_id, currency
ORDER BY above_usual DESC NULLS LAST, dealer_id
LIMIT 1000
