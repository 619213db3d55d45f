-- Order lines placed on a local day, and their value, as they were known at a time.
-- clickhouse-client --user analyst --param_time_zone=Asia/Shanghai --param_day=2026-11-23 --param_known_at='2026-11-24 00:00:00' --queries-file orders-as-known.sql
SELECT currency, count() AS lines, sum(ordered_qty * unit_price) AS value
FROM mart_order_lines_as_known(known_at = {known_at: DateTime64(3, 'UTC')}, first_day = '2000-01-01', last_day = '2299-12-31')
WHERE toDate32(placed_at, {time_zone: String}) = {day: Date32}
GROUP BY currency
ORDER BY currency
