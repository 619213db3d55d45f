-- Local days on which a dealer had nothing of a product available in any snapshot: their demand is missing, not zero.
-- clickhouse-client --param_first=2026-01-01 --param_last=2026-11-24
SELECT dealer_id, sku_id, groupArray(toInt32(day)) AS days
FROM
(
    SELECT dealer_id, sku_id, day
    FROM mart_stock_days
    WHERE day BETWEEN {first: Date32} AND {last: Date32}
    GROUP BY dealer_id, sku_id, day
    HAVING max(available_max) <= 0
)
GROUP BY dealer_id, sku_id
