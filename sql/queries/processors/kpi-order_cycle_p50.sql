-- order_cycle_p50 (D4): median hours from placed to first shipped, of the lines first shipped in the 28 days before `as_of`.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']"
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    shipped AS
    (
        SELECT first_shipped_at, dateDiff('millisecond', placed_at, first_shipped_at) / 3600000 AS cycle_h
        FROM mart_order_moments
        WHERE moment = 'shipped' AND at_day >= toDate32(arrayMin(instants)) - 29
          AND first_shipped_at > arrayMin(instants) - INTERVAL 28 DAY AND first_shipped_at <= arrayMax(instants)
          AND first_shipped_at >= placed_at
    )
SELECT as_of, quantileExactInclusive(0.5)(cycle_h) AS cycle_p50_h, count() AS lines
FROM shipped
ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
WHERE first_shipped_at > instant - INTERVAL 28 DAY AND first_shipped_at <= instant
GROUP BY as_of
