-- Notes how far the orders of the dealers that were looked at have come; [] = of all.
-- clickhouse-client --param_dealers="['D1']" --param_time_zone=Asia/Shanghai
INSERT INTO raw_rebated_dealers
SELECT dealer_id, toDate32(toStartOfMonth(max(last_event_time), {time_zone: String})) AS come_to
FROM raw_mart_order_lines
WHERE empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)}
GROUP BY dealer_id
