CREATE OR REPLACE VIEW mart_forecasts {{on_cluster}}
(
    forecast_version String COMMENT 'the version; filter by one',
    as_of DateTime64(3, 'UTC') COMMENT 'end of the last whole local day whose demand was known',
    generated_at DateTime64(3, 'UTC') COMMENT 'when it was computed',
    model LowCardinality(String) COMMENT 'model behind the mean: of the daily forecast, of weeks beyond it the weekly forecast''s',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    dealer_name String COMMENT 'name of the dealer at as_of',
    adcode LowCardinality(String) COMMENT 'division of the dealer at as_of; empty where unknown',
    sku_id LowCardinality(String) COMMENT 'the product',
    sku_name String COMMENT 'name of the product at as_of',
    bucket_start Date32 COMMENT 'local day, or first local day of seven',
    bucket_grain LowCardinality(String) COMMENT 'day or week',
    horizon_step UInt16 COMMENT 'how many buckets ahead, from 1',
    p10 Float32 COMMENT '10 % quantile, units',
    p50 Float32 COMMENT 'median, units',
    p90 Float32 COMMENT '90 % quantile, units',
    p95 Float32 COMMENT '95 % quantile, units',
    mean Float32 COMMENT 'mean, units',
    baseline_qty Float32 COMMENT 'what is planned without an override: the mean; of weeks that the daily forecast covers the sum of their days',
    override_qty Nullable(Decimal(18, 3)) COMMENT 'units that a planner put in its place; null = none',
    override_reason Nullable(String) COMMENT 'why',
    override_by Nullable(String) COMMENT 'who',
    override_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when',
    final_qty Float64 COMMENT 'what is planned, the same in days and weeks: the override, else the baseline. An override of a week is spread over those of its days that were not overridden since, in proportion; one of a day moves its week',
    open_orders_qty Float64 COMMENT 'units ordered by the dealer and not yet delivered, at generated_at',
    on_hand_qty Nullable(Float64) COMMENT 'units on hand by the last snapshots then; null without one',
    cold_start Bool COMMENT 'no demand was known: forecast like launches of its kind',
    quality_flag LowCardinality(String) COMMENT 'ok, short_history, sparse, no_backtest; absurd_qty = a day of more than 1,000 times the median sale was taken as missing',
    wape_backtest Nullable(Float64) COMMENT 'sum |A-F| / sum A of the series over the buckets of a backtest: days at lags of 1 to 28 days, of weeks 1 to 4 their sums, of later weeks 12 weeks; null when undefined. Beside the naive forecast, with bias: mart_forecast_versions, mart_forecast_accuracy',
    coverage_p80 Nullable(Float64) COMMENT 'share of the backtest''s buckets between p10 and p90; null when undefined, and for weeks 1 to 4',
    reason String COMMENT 'why on_hand_qty, wape_backtest or coverage_p80 is null; empty = none is. What is null of an override says that there is none'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    overrides AS
    (
        SELECT
            forecast_version, bucket_grain, dealer_id, sku_id, bucket_start,
            argMax(tuple(override_qty, reason, override_by, override_at), revision) AS last,
            max(revision) AS last_revision
        FROM raw_mart_forecast_overrides
        GROUP BY forecast_version, bucket_grain, dealer_id, sku_id, bucket_start
        HAVING isNotNull(last.1)
    ),
    changes AS
    (
        SELECT
            forecast_version AS version, dealer_id AS dealer, sku_id AS sku,
            groupArray((toString(bucket_grain), bucket_start, toFloat64(assumeNotNull(last.1)), last_revision)) AS changed
        FROM overrides
        GROUP BY version, dealer, sku
    ),
    -- The days of series of which a planner has changed anything, by weeks from the first of them.
    weeks AS
    (
        SELECT
            f.forecast_version AS version, f.dealer_id AS dealer, f.sku_id AS sku,
            f.bucket_start - toIntervalDay((f.horizon_step - 1) % 7) AS first_day,
            any(c.changed) AS changed,
            groupArray((f.bucket_start, toFloat64(f.mean))) AS days
        FROM raw_mart_forecasts AS f
        INNER JOIN changes AS c ON c.version = f.forecast_version AND c.dealer = f.dealer_id AND c.sku = f.sku_id
        WHERE f.bucket_grain = 'day'
            AND (f.forecast_version, f.dealer_id, f.sku_id) IN (SELECT forecast_version, dealer_id, sku_id FROM raw_mart_forecast_overrides)
        GROUP BY version, dealer, sku, first_day
    ),
    -- Days that were overridden after their week hold; the others share what those leave of it. Only whole weeks of days are moved together.
    -- Step by step: a name that is used twice in the query that gives it is computed and analysed twice.
    plan AS
    (
        SELECT
            version, dealer, sku,
            arrayJoin(arrayConcat(
                arrayMap((d, qty) -> ('day', d.1, qty), days, planned),
                if(length(days) = 7, [('week', first_day, arraySum(planned))], []))) AS one
        FROM
        (
            SELECT
                version, dealer, sku, first_day, days,
                arrayMap(
                    (part, o, is_held) -> multiIf(is_held, o.3, of_week.1 = '', part, whole > 0, part * shared / whole, shared / sharers),
                    parts, of_days, are_held) AS planned
            FROM
            (
                SELECT
                    *,
                    arraySum(parts) AS whole,
                    countEqual(are_held, 0) AS sharers,
                    greatest(0, of_week.3 - arraySum(arrayMap((o, is_held) -> if(is_held, o.3, 0), of_days, are_held))) AS shared
                FROM
                (
                    SELECT *, arrayMap((d, o, is_held) -> multiIf(is_held, 0, o.1 != '', o.3, d.2), days, of_days, are_held) AS parts
                    FROM
                    (
                        SELECT *, arrayMap(o -> o.1 != '' AND o.4 >= of_week.4, of_days) AS are_held
                        FROM
                        (
                            SELECT
                                *,
                                arrayFirst(c -> length(days) = 7 AND c.1 = 'week' AND c.2 = first_day, changed) AS of_week,
                                arrayMap(d -> arrayFirst(c -> c.1 = 'day' AND c.2 = d.1, changed), days) AS of_days
                            FROM weeks
                        )
                    )
                )
            )
        )
    )
SELECT
    f.forecast_version AS forecast_version,
    v.as_of AS as_of,
    v.generated_at AS generated_at,
    if(f.bucket_grain = 'week' AND f.horizon_step * 7 > v.days AND s.week_model != '', s.week_model, s.model) AS model,
    f.dealer_id AS dealer_id,
    s.dealer_name AS dealer_name,
    s.adcode AS adcode,
    f.sku_id AS sku_id,
    s.sku_name AS sku_name,
    f.bucket_start AS bucket_start,
    f.bucket_grain AS bucket_grain,
    f.horizon_step AS horizon_step,
    f.p10 AS p10,
    f.p50 AS p50,
    f.p90 AS p90,
    f.p95 AS p95,
    f.mean AS mean,
    f.mean AS baseline_qty,
    o.last.1 AS override_qty,
    if(isNull(o.last.1), NULL, o.last.2) AS override_reason,
    if(isNull(o.last.1), NULL, toString(o.last.3)) AS override_by,
    if(isNull(o.last.1), NULL, o.last.4) AS override_at,
    if(p.version != '', p.one.3, ifNull(toFloat64(o.last.1), f.mean)) AS final_qty,
    s.open_orders_qty AS open_orders_qty,
    s.on_hand_qty AS on_hand_qty,
    s.cold_start AS cold_start,
    s.quality_flag AS quality_flag,
    multiIf(f.bucket_grain = 'day', s.wape_backtest, f.horizon_step * 7 > v.days, s.week_wape_backtest, s.week_sum_wape_backtest) AS wape_backtest,
    multiIf(f.bucket_grain = 'day', s.coverage_p80, f.horizon_step * 7 > v.days, s.week_coverage_p80, NULL) AS coverage_p80,
    arrayStringConcat(arrayFilter(one -> one != '',
        [
            if(isNull(s.on_hand_qty), 'no stock snapshot in 35 days', ''),
            multiIf(
                isNull(wape_backtest) AND isNull(s.coverage_p80), 'nothing is known of it in a backtest', isNull(wape_backtest), 'nothing was sold in the backtest',
                isNull(coverage_p80), 'the backtest has no interval for sums of days', '')
        ]), '; ') AS reason
FROM raw_mart_forecasts AS f
INNER JOIN raw_mart_forecast_versions AS v ON v.forecast_version = f.forecast_version
INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
LEFT JOIN overrides AS o ON o.forecast_version = f.forecast_version AND o.bucket_grain = f.bucket_grain AND o.dealer_id = f.dealer_id AND o.sku_id = f.sku_id AND o.bucket_start = f.bucket_start
LEFT JOIN (SELECT version, dealer, sku, one FROM plan) AS p
    ON p.version = f.forecast_version AND p.one.1 = f.bucket_grain AND p.dealer = f.dealer_id AND p.sku = f.sku_id AND p.one.2 = f.bucket_start
COMMENT 'The forecast of each dealer, product and bucket, with the override that holds. The columns of the planners'' export'
