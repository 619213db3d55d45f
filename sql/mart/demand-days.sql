CREATE OR REPLACE VIEW mart_demand_days {{on_cluster}}
(
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    ordered_qty Float64 COMMENT 'units that the dealer ordered on that day: placed - what was cancelled of them, on whatever day, not below 0',
    diverted_out_qty Float64 COMMENT 'of them units that were consumed elsewhere, by confirmed cases',
    diverted_in_qty Float64 COMMENT 'units that other dealers ordered and its region consumed, by confirmed cases',
    consumed_qty Float64 COMMENT 'demand that is forecast: ordered_qty - diverted_out_qty + diverted_in_qty'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    day,
    dealer_id,
    sku_id,
    greatest(0, sum(net)) AS ordered_qty,
    sum(sent) AS diverted_out_qty,
    sum(received) AS diverted_in_qty,
    greatest(0, ordered_qty - diverted_out_qty) + diverted_in_qty AS consumed_qty
FROM
(
    SELECT day, dealer_id, sku_id, toFloat64(placed_qty - cancelled_qty) AS net, 0. AS sent, 0. AS received
    FROM raw_mart_sales_days FINAL
    UNION ALL
    -- What was cancelled on a later day was no demand of the day on which it was ordered, and takes nothing from what was ordered on that later day.
    SELECT undone.1, dealer_id, sku_id, undone.2, 0., 0.
    FROM (SELECT * FROM raw_mart_order_lines FINAL WHERE has(stages, 'cancelled') AND isNotNull(placed_at))
    ARRAY JOIN core_cancelled_days(stages, entered_at, entered_qty, assumeNotNull(placed_at), ordered_qty, '{{time_zone}}') AS undone
    UNION ALL
    SELECT day, move.1, sku_id, 0., move.2, move.3
    FROM mart_diverted_units
    ARRAY JOIN [(from_dealer_id, qty, 0.), (to_dealer_id, 0., qty)] AS move
)
GROUP BY day, dealer_id, sku_id
COMMENT 'Both histories of demand by local day: as it was ordered, and with confirmed diverted units at the dealers of the region that consumed them. The total is the same'
