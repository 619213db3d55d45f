-- Dealers of whom new deliveries may change what they were given for a period that is over: a rebate was paid to them, or their orders have come to
-- another month, or tell of an earlier one; or all dealers' orders have come so many days into another month, where some have none. `of_all` = 1 where a programme has a new version. Most deliveries are orders of the month that is under way: then there is none.
-- clickhouse-client --param_topics="['dms.money.v1']" --param_partitions="[0]" --param_froms="[0]" --param_tos="[1000]" --param_conflicts_since='2026-11-24 12:00:00' --param_time_zone=Asia/Shanghai --param_stopped_days=7
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type IN ('order', 'money', 'rebate_program') AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
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
