-- Demand of each dealer and product by local day: net quantity ordered (placed - cancelled), confirmed diverted units where they were
-- consumed; one row a pair with its days.
-- clickhouse-client --param_first=2026-01-01 --param_last=2026-11-24
SELECT dealer_id, sku_id, groupArray(day_number) AS days, groupArray(qty) AS qtys
FROM
(
    SELECT dealer_id, sku_id, toInt32(day) AS day_number, consumed_qty AS qty
    FROM mart_demand_days
    WHERE day BETWEEN {first: Date32} AND {last: Date32}
    ORDER BY dealer_id, sku_id, day
)
GROUP BY dealer_id, sku_id
ORDER BY dealer_id, sku_id
