-- Its series: every dealer with every product. The first dealer's name looks like a formula, products have codes of digits.
INSERT INTO raw_mart_forecast_series
(
    forecast_version, dealer_id, sku_id, dealer_name, adcode, sku_name, category, open_orders_qty, on_hand_qty, in_transit_qty, committed_qty,
    model, cold_start, quality_flag, wape_backtest, coverage_p80
)
SELECT
    {version: String} AS forecast_version,
    concat('D', leftPad(toString(intDiv(number, {skus: UInt32})), 5, '0')) AS dealer_id,
    leftPad(toString(number % {skus: UInt32}), 6, '0') AS sku_id,
    if(intDiv(number, {skus: UInt32}) = 0, '=HYPERLINK("http://example.com")', concat('经销商 ', toString(intDiv(number, {skus: UInt32})))) AS dealer_name,
    '310000' AS adcode,
    concat('产品 <', toString(number % {skus: UInt32}), '> & 配件') AS sku_name,
    concat('c', toString(number % 7)) AS category,
    number % 50 AS open_orders_qty,
    if(number % 3 = 0, NULL, number % 400) AS on_hand_qty,
    0 AS in_transit_qty,
    0 AS committed_qty,
    'trees' AS model,
    number % 20 = 0 AS cold_start,
    'ok' AS quality_flag,
    if(number % 20 = 0, NULL, (number % 97) / 97) AS wape_backtest,
    if(number % 20 = 0, NULL, 0.8) AS coverage_p80
FROM numbers({dealers: UInt64} * {skus: UInt64})
