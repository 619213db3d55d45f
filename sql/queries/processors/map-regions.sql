-- Units of the order lines placed in the 24 hours before `now`, by the prefecture of the dealer then (choropleth): a municipality is
-- one, and a county under its province; where only the province is known, the province.
-- clickhouse-client --param_now='2026-11-24 12:00:00'
WITH placed AS
    (
        SELECT
            placed_at, ordered_qty,
            ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(dealer_id), ifNull(placed_at, {now: DateTime64(3, 'UTC')})), '') AS division
        FROM mart_order_moments
        WHERE moment = 'placed' AND at_day >= toDate32({now: DateTime64(3, 'UTC')}) - 2 AND placed_at > {now: DateTime64(3, 'UTC')} - INTERVAL 24 HOUR AND placed_at <= {now: DateTime64(3, 'UTC')}
    )
SELECT
    core_prefecture_of(division) AS adcode,
    toFloat64(sum(ordered_qty)) AS units,
    max(placed_at) AS last_placed_at
FROM placed
WHERE adcode != ''
GROUP BY adcode
ORDER BY adcode
