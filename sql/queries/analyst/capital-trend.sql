-- Capital tied up by day, of one dealer ('' = the channel).
-- clickhouse-client --user analyst --param_time_zone=Asia/Shanghai --param_dealer_id='' --param_days=90 --queries-file capital-trend.sql
SELECT day, currency, sum(capital) AS tied_up
FROM mart_capital_days
WHERE day > toDate32(now(), {time_zone: String}) - {days: UInt16} AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
GROUP BY day, currency
ORDER BY day, currency
