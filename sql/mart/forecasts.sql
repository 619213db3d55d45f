CREATE OR REPLACE VIEW mart_forecasts {{on_cluster}}
(
    forecast_version String COMMENT 'the version; filter by one',
    as_of DateTime64(3, 'UTC') COMMENT 'end of the last whole local day whose demand was known',
    generated_at DateTime64(3, 'UTC') COMMENT 'when it was computed',
    model LowCardinality(String) COMMENT 'model of the daily forecast',
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
    baseline_qty Float32 COMMENT 'what is planned without an override: the mean',
    override_qty Nullable(Decimal(18, 3)) COMMENT 'units that a planner put in its place; null = none',
    override_reason Nullable(String) COMMENT 'why',
    override_by Nullable(String) COMMENT 'who',
    override_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when',
    final_qty Float64 COMMENT 'the override, else the baseline',
    open_orders_qty Float64 COMMENT 'units ordered by the dealer and not yet delivered, at generated_at',
    on_hand_qty Nullable(Float64) COMMENT 'units on hand by the last snapshots then; null without one',
    cold_start Bool COMMENT 'no demand was known: forecast like launches of its kind',
    quality_flag LowCardinality(String) COMMENT 'ok, short_history, sparse, no_backtest',
    wape_backtest Nullable(Float64) COMMENT 'sum |A-F| / sum A of the series in the backtest; null when undefined',
    coverage_p80 Nullable(Float64) COMMENT 'share of the backtest''s days between p10 and p90; null when undefined',
    reason String COMMENT 'why on_hand_qty, wape_backtest or coverage_p80 is null; empty = none is. What is null of an override says that there is none'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    overrides AS
    (
        SELECT
            forecast_version, bucket_grain, dealer_id, sku_id, bucket_start,
            argMax(tuple(override_qty, reason, override_by, override_at), revision) AS last
        FROM raw_mart_forecast_overrides
        GROUP BY forecast_version, bucket_grain, dealer_id, sku_id, bucket_start
        HAVING isNotNull(last.1)
    )
SELECT
    f.forecast_version AS forecast_version,
    v.as_of AS as_of,
    v.generated_at AS generated_at,
    s.model AS model,
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
    ifNull(toFloat64(o.last.1), f.mean) AS final_qty,
    s.open_orders_qty AS open_orders_qty,
    s.on_hand_qty AS on_hand_qty,
    s.cold_start AS cold_start,
    s.quality_flag AS quality_flag,
    s.wape_backtest AS wape_backtest,
    s.coverage_p80 AS coverage_p80,
    arrayStringConcat(arrayFilter(one -> one != '',
        [
            if(isNull(s.on_hand_qty), 'no stock snapshot in 35 days', ''),
            multiIf(isNull(s.coverage_p80), 'nothing is known of it in a backtest', isNull(s.wape_backtest), 'nothing was sold in the backtest', '')
        ]), '; ') AS reason
FROM raw_mart_forecasts AS f
INNER JOIN raw_mart_forecast_versions AS v ON v.forecast_version = f.forecast_version
INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
LEFT JOIN overrides AS o ON o.forecast_version = f.forecast_version AND o.bucket_grain = f.bucket_grain AND o.dealer_id = f.dealer_id AND o.sku_id = f.sku_id AND o.bucket_start = f.bucket_start
COMMENT 'The forecast of each dealer, product and bucket, with the override that holds. The columns of the planners'' export'
