CREATE OR REPLACE VIEW mart_dealer_score_parts {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'a dealer whose version valid now is contracted or active',
    part LowCardinality(String) COMMENT 'growth, sell_through, fill, payment, price_compliance, diversion or data_quality',
    value Nullable(Float64) COMMENT 'the dealer''s figure: growth = net order value of the 28 local days before today / of the 28 before them - 1, in the reporting currency; sell_through over 28 days; fill of the lines due in 28 days; payment = paid / billed (less credited), at most 1, of the orders whose last invoice is 30 to 90 days old; price_compliance = stability of 3 months; diversion = cases of 90 days not dismissed; data_quality = share of 28 days with a stock snapshot. Null = not known',
    percentile Nullable(Float64) COMMENT 'share of the dealers whose figure is known and worse, ties counted half, 0-1; of diversion fewer is better',
    weight Float64 COMMENT 'weight of the part (mart_dealer_score_weights)',
    reason String COMMENT 'why value is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    toDate32(now_at, '{{time_zone}}') AS today,
    dealers AS (SELECT DISTINCT dealer_id FROM core_dealers WHERE is_current AND status IN ('contracted', 'active')),
    figures AS
    (
        SELECT dealer_id, 'growth' AS name, if(before > 0, toNullable(net / before - 1), NULL) AS figure
        FROM
        (
            SELECT dealer_id, sumIf(toFloat64(placed_value - cancelled_value - returned_value), day >= today - 28) AS net, sumIf(toFloat64(placed_value - cancelled_value - returned_value), day < today - 28) AS before
            FROM mart_sales_days
            WHERE day >= today - 56 AND day < today AND currency = '{{reporting_currency}}'
            GROUP BY dealer_id
        )
        UNION ALL
        SELECT dealer_id, 'sell_through', sumIf(toFloat64(sold_qty), sell_through IS NOT NULL) / nullIf(sumIf(toFloat64(ifNull(opening_qty, 0) + received_qty), sell_through IS NOT NULL), 0)
        FROM mart_flow
        GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'fill', toFloat64(sum(filled_qty)) / nullIf(toFloat64(sum(ordered_qty)), 0)
        FROM mart_fill_days
        WHERE due_day >= today - 28 AND due_day < today
        GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'payment', if(sum(invoiced - credited) > 0, least(1, toFloat64(sum(paid)) / toFloat64(sum(invoiced - credited))), NULL)
        FROM
        (
            -- A credit note that comes later makes a bill no younger.
            SELECT *, arrayMax((at, step) -> if(step = 'invoice', at, toDateTime64(0, 3, 'UTC')), moved_at, moved_step) AS billed_at
            FROM mart_order_money
            WHERE order_id != '' AND currency = '{{reporting_currency}}'
        )
        WHERE billed_at > now_at - INTERVAL 90 DAY AND billed_at <= now_at - INTERVAL 30 DAY
        GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'price_compliance', if(sum(ruled_lines) > 0 AND sum(sales_value) > 0, 1 - toFloat64(sum(value_below)) / toFloat64(sum(sales_value)), NULL)
        FROM mart_price_compliance
        WHERE month >= toDate32(addMonths(toStartOfMonth(today), -2)) AND currency = '{{reporting_currency}}'
        GROUP BY dealer_id
        UNION ALL
        SELECT dealers.dealer_id, 'diversion', if((SELECT count() > 0 FROM raw_scans), toNullable(toFloat64(countIf(cases.alert_id != ''))), NULL)
        FROM dealers
        LEFT JOIN (SELECT alert_id, origin_dealer_id FROM mart_diversion_cases WHERE state != 'dismissed' AND raised_at > now_at - INTERVAL 90 DAY) AS cases ON cases.origin_dealer_id = dealers.dealer_id
        GROUP BY dealers.dealer_id
        UNION ALL
        SELECT dealers.dealer_id, 'data_quality', if((SELECT count() > 0 FROM raw_stock), toNullable(uniqExactIf(stock.snapshot_day, stock.units > 0) / 28), NULL)
        FROM dealers
        LEFT JOIN (SELECT dealer_id, mart_stock_days.day AS snapshot_day, count() AS units FROM mart_stock_days WHERE mart_stock_days.day >= today - 28 AND mart_stock_days.day < today GROUP BY dealer_id, snapshot_day) AS stock ON stock.dealer_id = dealers.dealer_id
        GROUP BY dealers.dealer_id
    ),
    grid AS
    (
        SELECT all_parts.dealer_id AS holder, all_parts.part AS name, all_parts.weight AS weighs, figures.figure AS figure,
            -- More is better but for cases.
            if(name = 'diversion', -figure, figure) AS goodness
        FROM (SELECT dealers.dealer_id AS dealer_id, weights.part AS part, weights.weight AS weight FROM dealers CROSS JOIN mart_dealer_score_weights AS weights) AS all_parts
        LEFT JOIN figures ON figures.dealer_id = all_parts.dealer_id AND figures.name = all_parts.part
    )
SELECT
    holder AS dealer_id,
    name AS part,
    figure AS value,
    -- Read once: a second reference would compute every figure a second time.
    if(goodness IS NULL, NULL, toNullable(
        (rank() OVER (PARTITION BY name ORDER BY goodness ASC NULLS LAST) - 1 + count() OVER (PARTITION BY name, goodness) / 2) / count(goodness) OVER (PARTITION BY name))) AS percentile,
    weighs AS weight,
    multiIf(value IS NOT NULL, '', name = 'growth', 'no net order value in the 28 days before, in {{reporting_currency}}', 'nothing is known of it in the window') AS reason
FROM grid
COMMENT 'The parts of each dealer''s score (D8): its figure, where that stands among the dealers, what it weighs'
