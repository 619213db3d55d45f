-- Dealers by net order value (placed - cancelled - returned) of the 28 local days up to today, with what they have available and
-- the daily demand of that (mart_days_of_supply).
-- clickhouse-client --param_now='2026-11-24 12:00:00' --param_time_zone=Asia/Shanghai
WITH
    toDate32({now: DateTime64(3, 'UTC')}, {time_zone: String}) AS today,
    sales AS
    (
        SELECT dealer_id, currency, toFloat64(sum(placed_value - cancelled_value - returned_value)) AS sales_value
        FROM mart_sales_days
        WHERE day > today - 28 AND day <= today
        GROUP BY dealer_id, currency
    ),
    supply AS
    (
        SELECT dealer_id, toFloat64(sum(available_qty)) AS available_units, sum(mart_days_of_supply.daily_demand) AS demand, count() AS stocked
        FROM mart_days_of_supply
        GROUP BY dealer_id
    )
SELECT
    sales.dealer_id AS dealer_id,
    ifNull(dictGet('raw_dealer_versions', 'name', tuple(sales.dealer_id), {now: DateTime64(3, 'UTC')}), sales.dealer_id) AS name,
    dictGet('raw_dealer_versions', ('adcode', 'territory_id'), tuple(sales.dealer_id), {now: DateTime64(3, 'UTC')}) AS place,
    -- The province; where the dealer's is not known, its territory.
    coalesce(
        nullIf(provinces.province_name, ''),
        dictGet('raw_territory_versions', 'name', tuple(ifNull(place.2, '')), {now: DateTime64(3, 'UTC')}),
        '') AS region,
    sales.currency AS currency,
    sales.sales_value AS sales_value,
    if(supply.stocked = 0, NULL, supply.available_units) AS available_units,
    if(supply.stocked = 0, NULL, supply.demand) AS daily_demand
FROM sales
LEFT JOIN supply ON supply.dealer_id = sales.dealer_id
LEFT JOIN (SELECT DISTINCT substring(province_adcode, 1, 2) AS code, province_name FROM core_prefectures) AS provinces
    ON provinces.code = substring(ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(sales.dealer_id), {now: DateTime64(3, 'UTC')}), ''), 1, 2)
ORDER BY sales_value DESC, dealer_id
