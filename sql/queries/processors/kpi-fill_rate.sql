-- fill_rate (D9): sum of min(ordered, shipped on time) / sum of ordered, over the lines that fell due in the 28 days before
-- `as_of`. A line is due at the end of its requested_date (local), or 7 days after it was placed where it has none.
-- What a dealer cancelled was ordered too: a line cancelled unshipped is not filled.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    lines AS
    (
        SELECT
            ordered_qty,
            coalesce(
                toDateTime64(toStartOfDay(toDateTime64(toString(requested_date + 1), 3, {time_zone: String})), 3, 'UTC'),
                placed_at + INTERVAL 7 DAY) AS due_at,
            arraySum(arrayMap(
                (stage, at, qty) -> if(stage = 'shipped' AND at < due_at, qty, toDecimal64(0, 3)),
                stages, entered_at, entered_qty)) AS on_time_qty
        FROM mart_order_moments
        -- Wherever the local midnight lies.
        WHERE moment = 'due' AND at_day >= toDate32(arrayMin(instants)) - 30 AND placed_at IS NOT NULL
    ),
    due AS (SELECT * FROM lines WHERE due_at > arrayMin(instants) - INTERVAL 28 DAY AND due_at <= arrayMax(instants))
SELECT
    as_of,
    toFloat64(sum(least(due.ordered_qty, due.on_time_qty))) AS filled_qty,
    toFloat64(sum(due.ordered_qty)) AS due_qty
FROM due
ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
WHERE due_at > instant - INTERVAL 28 DAY AND due_at <= instant
GROUP BY as_of
