-- Units of the order lines placed in the 24 hours before `now`, by the province of the dealer then (choropleth).
-- clickhouse-client --param_now='2026-11-24 12:00:00'
WITH placed AS
    (
        SELECT dealer_id, placed_at, ordered_qty
        FROM mart_order_lines
        WHERE placed_at > {now: DateTime64(3, 'UTC')} - INTERVAL 24 HOUR AND placed_at <= {now: DateTime64(3, 'UTC')}
    )
SELECT
    substring(ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(dealer_id), ifNull(placed_at, {now: DateTime64(3, 'UTC')})), ''), 1, 2) || '0000' AS province_adcode,
    toFloat64(sum(ordered_qty)) AS units,
    max(placed_at) AS last_placed_at
FROM placed
WHERE match(province_adcode, '^[1-9][0-9]0000$')
GROUP BY province_adcode
ORDER BY province_adcode
