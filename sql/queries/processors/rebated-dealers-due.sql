-- Dealers of whom new deliveries may change what they were given for a period that is over: a rebate was paid to them, or their orders have come to
-- another month, or tell of an earlier one; or all dealers' orders have come so many days into another month, where some have none. `of_all` = 1 where a programme has a new version. Most deliveries are orders of the month that is under way: then there is none.
-- clickhouse-client --param_ranges="[('dms.money.v1',0,0,1000)]" --param_conflicts_since='2026-11-24 12:00:00' --param_time_zone=Asia/Shanghai --param_stopped_days=7
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['order', 'money', 'rebate_program'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    told AS
    (
        SELECT dealer_id, toDate32(toStartOfMonth(min(event_time), {time_zone: String})) AS first_month, toDate32(toStartOfMonth(max(event_time), {time_zone: String})) AS last_month
        FROM raw_orders
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        GROUP BY dealer_id
    ),
    known AS (SELECT dealer_id, max(raw_rebated_dealers.come_to) AS known_month FROM raw_rebated_dealers GROUP BY dealer_id)
SELECT
    (SELECT count() > 0 FROM raw_rebate_programs WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)) AS of_all,
    groupUniqArray(toString(dealer_id)) AS dealers
FROM
(
    SELECT dealer_id FROM raw_money
    WHERE kind = 'rebate_payment' AND (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    UNION ALL
    SELECT told.dealer_id AS dealer_id
    FROM told
    LEFT JOIN known ON known.dealer_id = told.dealer_id
    WHERE first_month < known.known_month OR last_month > known.known_month
    UNION ALL
    SELECT known.dealer_id AS dealer_id
    FROM known
    WHERE known_month < (SELECT toDate32(toStartOfMonth(max(event_time) - toIntervalDay({stopped_days: UInt8}), {time_zone: String})) FROM raw_orders WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
)
