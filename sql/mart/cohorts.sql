CREATE OR REPLACE VIEW mart_cohorts {{on_cluster}}
(
    wave LowCardinality(String) COMMENT 'roll-out wave of the dealers, by their versions valid now; empty = none',
    id LowCardinality(String) COMMENT 'id of the KPI, as on the wallboard',
    dealers UInt64 COMMENT 'dealers of the wave',
    value Nullable(Float64) COMMENT 'the KPI of those dealers alone, in its unit; money in the reporting currency; null = undefined',
    reason String COMMENT 'why it is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, '{{time_zone}}') AS today,
    members AS (SELECT dealer_id, any(ifNull(core_dealers.wave, '')) AS came_with FROM core_dealers WHERE is_current GROUP BY dealer_id),
    parts AS
    (
        -- Each KPI as numerator and denominator of a dealer; a denominator of null is none.
        SELECT dealer_id, 'orders_today_value' AS kpi, toFloat64(sum(placed_value)) AS above, toNullable(toFloat64(0)) AS below
        FROM mart_sales_days WHERE day = today AND currency = '{{reporting_currency}}' GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'fill_rate', toFloat64(sum(least(due.qty, due.on_time))), toFloat64(sum(due.qty))
        FROM
        (
            SELECT
                dealer_id, mart_order_moments.ordered_qty AS qty,
                if(requested_date IS NULL, assumeNotNull(placed_at) + INTERVAL 7 DAY, toDateTime64(toString(assumeNotNull(requested_date) + 1), 3, '{{time_zone}}')) AS due_at,
                arraySum(arrayMap((stage, at, part) -> if(stage = 'shipped' AND at < due_at, part, toDecimal64(0, 3)), stages, entered_at, entered_qty)) AS on_time
            FROM mart_order_moments
            WHERE moment = 'due' AND at_day >= toDate32(now_at) - 30 AND placed_at IS NOT NULL
        ) AS due
        WHERE due_at > now_at - INTERVAL 28 DAY AND due_at <= now_at
        GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'days_of_supply', toFloat64(sum(available_qty)), sum(mart_days_of_supply.daily_demand)
        FROM mart_days_of_supply GROUP BY dealer_id
        UNION ALL
        SELECT shipped_to[1] AS dealer_id, 'scan_coverage', toFloat64(countIf(seen_at <= now_at)), toFloat64(count())
        FROM mart_code_journeys
        WHERE notEmpty(shipped_at) AND shipped_at[1] > now_at - INTERVAL 31 DAY AND shipped_at[1] <= now_at - INTERVAL 3 DAY
        GROUP BY dealer_id
        UNION ALL
        SELECT origin_dealer_id AS dealer_id, 'open_diversion_cases', toFloat64(count()), toNullable(toFloat64(0))
        FROM mart_diversion_cases WHERE state IN ('open', 'acknowledged', 'investigating') GROUP BY dealer_id
        UNION ALL
        SELECT DISTINCT dealer_id, 'stockout_dealers', toFloat64(1), toNullable(toFloat64(0))
        FROM
        (
            SELECT dealer_id, sku_id
            FROM
            (
                SELECT dealer_id, sku_id, location_id, argMax(available, last_at) AS latest
                FROM mart_stock_days
                WHERE day > today - 36 AND last_at <= now_at AND last_at > now_at - INTERVAL 35 DAY
                GROUP BY dealer_id, sku_id, location_id
            )
            GROUP BY dealer_id, sku_id
            -- All locations together, as the KPI has it: what one has promised beyond its stock another must give.
            HAVING sum(latest) <= 0
        )
        WHERE (dealer_id, sku_id) IN
            (SELECT dealer_id, sku_id FROM mart_sales_days WHERE day > today - 28 AND day <= today GROUP BY dealer_id, sku_id HAVING sum(placed_qty - cancelled_qty) > 0)
        UNION ALL
        SELECT dealer_id, 'inventory_turnover', toFloat64(sum(cogs)) * 365, sum(average_value * days)
        FROM mart_turnover WHERE currency = '{{reporting_currency}}' GROUP BY dealer_id
    ),
    ratios AS
    (
        SELECT members.came_with AS of_wave, parts.kpi AS kpi, sum(parts.above) AS above, sum(parts.below) AS below
        FROM parts
        INNER JOIN members ON members.dealer_id = parts.dealer_id
        GROUP BY of_wave, kpi
    ),
    cycles AS
    (
        SELECT members.came_with AS of_wave, quantileExactInclusive(0.5)(dateDiff('millisecond', assumeNotNull(placed_at), assumeNotNull(first_shipped_at)) / 3600000) AS median_h
        FROM mart_order_lines AS lines
        INNER JOIN members ON members.dealer_id = lines.dealer_id
        WHERE placed_at IS NOT NULL AND first_shipped_at > now_at - INTERVAL 28 DAY AND first_shipped_at <= now_at AND first_shipped_at >= placed_at
        GROUP BY of_wave
    ),
    waves AS (SELECT came_with AS of_wave, count() AS size FROM members GROUP BY of_wave)
SELECT
    waves.of_wave AS wave,
    kpi_id AS id,
    waves.size AS dealers,
    multiIf(
        kpi_id = 'order_cycle_p50', if(cycles.median_h > 0, toNullable(cycles.median_h), NULL),
        kpi_id IN ('orders_today_value', 'open_diversion_cases', 'stockout_dealers'),
            if((kpi_id = 'open_diversion_cases' AND (SELECT count() = 0 FROM raw_scans)) OR (kpi_id != 'open_diversion_cases' AND (SELECT count() = 0 FROM raw_orders))
                OR (kpi_id = 'stockout_dealers' AND (SELECT count() = 0 FROM raw_stock)), NULL, toNullable(ifNull(ratios.above, 0))),
        ratios.above / nullIf(ratios.below, 0)) AS value,
    if(value IS NULL, 'nothing is known of it for these dealers in its window', '') AS reason
FROM (SELECT *, arrayJoin(['orders_today_value', 'fill_rate', 'days_of_supply', 'scan_coverage', 'open_diversion_cases', 'stockout_dealers', 'inventory_turnover', 'order_cycle_p50']) AS kpi_id FROM waves) AS waves
LEFT JOIN ratios ON ratios.of_wave = waves.of_wave AND ratios.kpi = waves.kpi_id
LEFT JOIN cycles ON cycles.of_wave = waves.of_wave
COMMENT 'Every KPI by roll-out wave (D21)'
