CREATE OR REPLACE VIEW mart_days_of_supply {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    available_qty Decimal(38, 3) COMMENT 'on_hand - committed of all its locations by their last snapshots of the last 35 days, not below 0 each',
    daily_demand Float64 COMMENT 'units a day: the mean of final_qty over the days of the newest forecast version, while they last and where it has the pair; else mean net quantity ordered (placed - cancelled) in the 28 whole local days before today, days out of stock missing',
    days_of_supply Nullable(Float64) COMMENT 'available_qty / daily_demand; null without demand',
    demand_basis LowCardinality(String) COMMENT 'where daily_demand is from: forecast or trailing_mean',
    reason String COMMENT 'why days_of_supply is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    (SELECT argMax((forecast_version, raw_mart_forecast_versions.days, toDate32(as_of, '{{time_zone}}')), (generated_at, forecast_version)) FROM raw_mart_forecast_versions) AS last_made,
    if(today < last_made.3 + last_made.2, last_made.1, '') AS newest,
    stock AS
    (
        SELECT dealer_id, sku_id, sum(greatest(latest, 0)) AS available_qty
        FROM
        (
            SELECT dealer_id, sku_id, location_id, argMax(available, last_at) AS latest
            FROM raw_mart_stock_days FINAL
            WHERE day > today - 36 AND last_at <= now64(3, 'UTC') AND last_at > now64(3, 'UTC') - INTERVAL 35 DAY
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    demand AS
    (
        SELECT dealer_id, sku_id, countIf(is_out = 1) AS days_out, sumIf(qty, is_out = 0) / nullIf(28 - days_out, 0) AS daily
        FROM
        (
            SELECT dealer_id, sku_id, day, sum(day_qty) AS qty, max(out) AS is_out
            FROM
            (
                SELECT dealer_id, sku_id, day, toFloat64(placed_qty - cancelled_qty) AS day_qty, 0 AS out
                FROM raw_mart_sales_days FINAL
                WHERE day >= today - 28 AND day < today
                UNION ALL
                SELECT dealer_id, sku_id, day, 0 AS day_qty, 1 AS out
                FROM raw_mart_stock_days FINAL
                WHERE day >= today - 28 AND day < today
                GROUP BY dealer_id, sku_id, day
                HAVING max(available_max) <= 0
            )
            GROUP BY dealer_id, sku_id, day
        )
        GROUP BY dealer_id, sku_id
    ),
    changes AS
    (
        SELECT dealer_id, sku_id, sum(moved_qty) / last_made.2 AS daily
        FROM raw_forecast_moves
        WHERE forecast_version = newest AND until > now64(3, 'UTC')
        GROUP BY dealer_id, sku_id
    ),
    forecast AS
    (
        SELECT s.dealer_id AS dealer_id, s.sku_id AS sku_id, toNullable(assumeNotNull(s.daily_mean) + ifNull(changes.daily, 0)) AS daily
        FROM (SELECT dealer_id, sku_id, daily_mean FROM raw_mart_forecast_series WHERE forecast_version = newest AND daily_mean IS NOT NULL) AS s
        LEFT JOIN changes ON changes.dealer_id = s.dealer_id AND changes.sku_id = s.sku_id
    )
SELECT
    stock.dealer_id AS dealer_id,
    stock.sku_id AS sku_id,
    stock.available_qty AS available_qty,
    coalesce(forecast.daily, demand.daily, 0) AS daily_demand,
    if(daily_demand > 0, toFloat64(stock.available_qty) / daily_demand, NULL) AS days_of_supply,
    if(isNull(forecast.daily), 'trailing_mean', 'forecast') AS demand_basis,
    multiIf(
        daily_demand > 0, '',
        demand_basis = 'forecast', 'no demand is forecast',
        has_orders AND demand.days_out = 28, 'out of stock on all of the last 28 days: no demand could be seen',
        has_orders, 'no demand in the last 28 days', 'no feed of orders: nothing is known of demand') AS reason
FROM stock
LEFT JOIN demand ON demand.dealer_id = stock.dealer_id AND demand.sku_id = stock.sku_id
LEFT JOIN forecast ON forecast.dealer_id = stock.dealer_id AND forecast.sku_id = stock.sku_id
COMMENT 'How long what is available lasts (D2), at the demand that is forecast, or at that of the last weeks where none is'
