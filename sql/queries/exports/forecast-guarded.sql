-- The same for spreadsheets: a text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection).
-- clickhouse-client --param_version=fc-20261124-01 --param_grain=day --param_dealer_id= --param_sku_id=
SELECT
    forecast_version, as_of, generated_at,
    if(match(ifNull(toString(model), ''), '^[=+@\\t\\r-]'), concat('''', toString(model)), toString(model)) AS model,
    if(match(ifNull(toString(dealer_id), ''), '^[=+@\\t\\r-]'), concat('''', toString(dealer_id)), toString(dealer_id)) AS dealer_id,
    if(match(ifNull(toString(dealer_name), ''), '^[=+@\\t\\r-]'), concat('''', toString(dealer_name)), toString(dealer_name)) AS dealer_name,
    if(match(ifNull(toString(adcode), ''), '^[=+@\\t\\r-]'), concat('''', toString(adcode)), toString(adcode)) AS adcode,
    if(match(ifNull(toString(sku_id), ''), '^[=+@\\t\\r-]'), concat('''', toString(sku_id)), toString(sku_id)) AS sku_id,
    if(match(ifNull(toString(sku_name), ''), '^[=+@\\t\\r-]'), concat('''', toString(sku_name)), toString(sku_name)) AS sku_name,
    bucket_start, bucket_grain, horizon_step, p10, p50, p90, p95, mean, baseline_qty, override_qty,
    if(match(ifNull(toString(override_reason), ''), '^[=+@\\t\\r-]'), concat('''', toString(override_reason)), toString(override_reason)) AS override_reason,
    if(match(ifNull(toString(override_by), ''), '^[=+@\\t\\r-]'), concat('''', toString(override_by)), toString(override_by)) AS override_by, override_at,
    final_qty, open_orders_qty, on_hand_qty, cold_start, quality_flag, wape_backtest, coverage_p80
FROM
(
    SELECT *
    FROM mart_forecasts
    WHERE forecast_version = {version: String}
        AND ({grain: String} = '' OR mart_forecasts.bucket_grain = {grain: String})
        AND ({dealer_id: String} = '' OR mart_forecasts.dealer_id = {dealer_id: String})
        AND ({sku_id: String} = '' OR mart_forecasts.sku_id = {sku_id: String})
    ORDER BY mart_forecasts.bucket_grain, mart_forecasts.dealer_id, mart_forecasts.sku_id, horizon_step
)
