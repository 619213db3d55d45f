CREATE OR REPLACE VIEW mart_turnover {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of cogs and average_value',
    covered_from DateTime64(3, 'UTC') COMMENT 'start of the window: 90 local days that end today, or the first snapshot of the dealer in them',
    days Float64 COMMENT 'days of the window',
    cogs Decimal(38, 6) COMMENT 'cost of what was shipped less what came back, at the unit cost valid then, from the local day of covered_from on',
    average_value Float64 COMMENT 'time-weighted average value of its stock; a snapshot holds until the next, at most 35 days',
    turnover_per_year Nullable(Float64) COMMENT 'cogs / average_value x 365 / days; null where the stock has no value, or no unit cost of what was shipped is known in currency',
    days_sales_of_inventory Nullable(Float64) COMMENT '365 / turnover_per_year; null where nothing was sold',
    reason String COMMENT 'why turnover_per_year or days_sales_of_inventory is null, or that cogs leaves shipments out; empty = none of these'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, '{{time_zone}}') AS today,
    toDateTime64(toString(today - 89), 3, '{{time_zone}}') AS window_start,
    spans AS
    (
        SELECT
            dealer_id, sku_id, currency, first_at, last_at, value, value_seconds,
            least(last_at + INTERVAL 35 DAY, leadInFrame(first_at, 1, last_at + INTERVAL 35 DAY)
                OVER (PARTITION BY sku_id, dealer_id, location_id ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS until
        FROM raw_mart_stock_days FINAL
        WHERE day >= today - 90 - 35
    ),
    stock AS
    (
        SELECT
            dealer_id, currency,
            min(greatest(first_at, window_start)) AS covered_from,
            groupUniqArray(sku_id) AS held_skus,
            sum(
                if(last_at > first_at,
                    toFloat64(value_seconds) * greatest(0, dateDiff('millisecond', greatest(first_at, window_start), least(last_at, now_at)))
                        / dateDiff('millisecond', first_at, last_at), 0)
                + toFloat64(value) * greatest(0, dateDiff('millisecond', greatest(last_at, window_start), least(until, now_at))) / 1000
            ) AS held_value_seconds
        FROM spans
        WHERE first_at < now_at AND until > window_start
        GROUP BY dealer_id, currency
    ),
    sales AS
    (
        SELECT dealer_id, groupArray((day, toString(cost_currency), shipped_cost - returned_cost, uncosted_qty, toString(sku_id))) AS days
        FROM raw_mart_sales_days FINAL
        WHERE day > today - 90 AND day <= today
        GROUP BY dealer_id
    ),
    figures AS
    (
        SELECT
            stock.dealer_id AS dealer_id,
            stock.currency AS currency,
            stock.covered_from AS covered_from,
            dateDiff('millisecond', stock.covered_from, now_at) / 86400000 AS days,
            arrayFilter(d -> d.1 >= toDate32(stock.covered_from, '{{time_zone}}'), sales.days) AS covered,
            arraySum(d -> if(d.2 = stock.currency, d.3, toDecimal128(0, 9)), covered) AS cogs,
            stock.held_value_seconds / (days * 86400) AS average_value,
            if(has_orders AND average_value != 0 AND NOT lacks_costs, toFloat64(cogs) / average_value * 365 / days, NULL) AS turnover_per_year,
            if(turnover_per_year > 0, 365 / turnover_per_year, NULL) AS days_sales_of_inventory,
            arraySum(d -> d.4, covered) AS uncosted,
            -- What it has was shipped to it, but at a cost in another currency: that is not nothing sold.
            arrayExists(d -> d.2 != '' AND d.2 != stock.currency AND d.3 != 0 AND has(stock.held_skus, d.5), covered) AS costed_elsewhere,
            cogs = 0 AND (uncosted != 0 OR costed_elsewhere) AS lacks_costs,
            multiIf(
                NOT has_orders, 'no feed of orders: nothing is known of what was shipped',
                average_value = 0, 'the stock has no value',
                lacks_costs AND uncosted = 0, 'the unit cost of what was shipped is in another currency',
                lacks_costs, 'no unit cost is known for what was shipped',
                cogs <= 0, 'nothing was sold in the window',
                uncosted = 0, '', 'without shipments whose unit cost is not known') AS reason
        FROM stock
        LEFT JOIN sales ON sales.dealer_id = stock.dealer_id
    )
SELECT dealer_id, currency, covered_from, days, cogs, average_value, turnover_per_year, days_sales_of_inventory, reason
FROM figures
COMMENT 'Inventory turnover of each dealer over the last 90 days (D2)'
