-- The planners' export of one version: all rows of a grain ('' = both), of a dealer and a product ('' = all).
-- clickhouse-client --param_version=fc-20261124-01 --param_grain=day --param_dealer_id= --param_sku_id=
SELECT
    forecast_version, as_of, generated_at, model, dealer_id, dealer_name, adcode, sku_id, sku_name, bucket_start, bucket_grain, horizon_step, p10, p50, p90, p95, mean, baseline_qty, override_qty, override_reason, override_by, override_at, final_qty, open_orders_qty, on_hand_qty, cold_start, quality_flag, wape_backtest, coverage_p80
FROM mart_forecasts
WHERE forecast_version = {version: String}
    AND ({grain: String} = '' OR bucket_grain = {grain: String})
    AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
    AND ({sku_id: String} = '' OR sku_id = {sku_id: String})
ORDER BY bucket_grain, dealer_id, sku_id, horizon_step
