-- Notes how far the orders of the dealers that were looked at have come, or all dealers' less the days after which one has stopped; [] = of all.
-- clickhouse-client --param_dealers="['D1']" --param_time_zone=Asia/Shanghai --param_stopped_days=7
INSERT INTO raw_rebated_dealers
SELECT
    dealer_id,
    toDate32(toStartOfMonth(
        greatest(max(last_event_time), (SELECT max(last_event_time) FROM raw_mart_order_lines) - toIntervalDay({stopped_days: UInt8})),
        {time_zone: String})) AS come_to
FROM raw_mart_order_lines
WHERE empty({dealers: Array(String)}) OR dealer_id IN {dealers: Array(String)}
GROUP BY dealer_id
