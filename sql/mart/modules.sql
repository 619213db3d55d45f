CREATE OR REPLACE VIEW mart_modules {{on_cluster}}
(
    definition LowCardinality(String) COMMENT 'row of the table of channel figures, D1 to D23',
    figure String COMMENT 'what it is',
    views Array(String) COMMENT 'where it is found',
    feeds Array(String) COMMENT 'event types that it needs',
    missing_feeds Array(String) COMMENT 'of them those of which no event has ever come',
    is_on Bool COMMENT 'whether all of them are there',
    reason String COMMENT 'why it is off; empty = it is on'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    arrayFilter(f -> f != '',
    [
        if((SELECT count() FROM raw_orders) > 0, 'order', ''),
        if((SELECT count() FROM raw_scans) > 0, 'scan', ''),
        if((SELECT count() FROM raw_stock) > 0, 'stock', ''),
        if((SELECT count() FROM raw_money) > 0, 'money', ''),
        if((SELECT count() FROM raw_activity) > 0, 'activity', ''),
        if((SELECT count() FROM raw_dealers) > 0, 'dealer', ''),
        if((SELECT count() FROM raw_products) > 0, 'product', ''),
        if((SELECT count() FROM raw_territories) > 0, 'territory', ''),
        if((SELECT count() FROM raw_prices) > 0, 'price', ''),
        if((SELECT count() FROM raw_promotions) > 0, 'promotion', ''),
        if((SELECT count() FROM raw_rebate_programs) > 0, 'rebate_program', '')
    ]) AS present
SELECT
    entry.1 AS definition,
    entry.2 AS figure,
    entry.3 AS views,
    entry.4 AS feeds,
    arrayFilter(f -> NOT has(present, f), feeds) AS missing_feeds,
    toBool(empty(missing_feeds)) AS is_on,
    if(is_on, '', 'no event of ' || arrayStringConcat(missing_feeds, ', ') || ' has come') AS reason
FROM
(
    SELECT arrayJoin(
    [
        ('D1', 'freshness', ['mart_freshness', 'mart_silent_dealers'], CAST([], 'Array(String)')),
        ('D2', 'inventory turnover', ['mart_turnover'], ['stock', 'order', 'product']),
        ('D2', 'days of supply', ['mart_days_of_supply'], ['stock', 'order']),
        ('D2', 'product classes', ['mart_sku_classes'], ['order']),
        ('D2', 'slow movers', ['mart_slow_movers'], ['stock', 'order']),
        ('D3', 'sell-through', ['mart_flow'], ['order', 'scan', 'stock', 'dealer']),
        ('D3', 'channel stock', ['mart_channel_stock'], ['order', 'scan', 'stock', 'dealer']),
        ('D4', 'order speed', ['mart_order_speed'], ['order']),
        ('D5', 'emergency freight', ['mart_freight'], ['order']),
        ('D6', 'price compliance', ['mart_price_compliance', 'mart_price_violations'], ['order', 'price', 'dealer']),
        ('D7', 'category plan', ['mart_category_plan'], ['order', 'product']),
        ('D8', 'dealer score', ['mart_dealer_score', 'mart_dealer_score_parts'], ['dealer']),
        ('D8', 'licences', ['mart_licences'], ['dealer']),
        ('D8', 'lead conversion', ['mart_lead_conversion'], ['activity']),
        ('D9', 'stock-outs', ['mart_stockout_days'], ['stock', 'order']),
        ('D9', 'lost sales', ['mart_lost_sales'], ['stock', 'order']),
        ('D9', 'fill rate', ['mart_fill_days'], ['order']),
        ('D10', 'three-way match', ['mart_reconciliation', 'mart_order_money'], ['order', 'money']),
        ('D10', 'statements', ['mart_statements'], ['money']),
        ('D10', 'rebates', ['mart_rebates', 'mart_rebate_lines'], ['order', 'money', 'rebate_program']),
        ('D11', 'concentration and cross-sell', ['mart_concentration', 'mart_cross_sell', 'mart_sku_lift'], ['order']),
        ('D12', 'orders by channel', ['mart_order_channels'], ['order']),
        ('D12', 'returns and trainings', ['mart_return_cycles', 'mart_trainings'], ['activity']),
        ('D13', 'stock sharing', ['mart_stock_sharing'], ['stock', 'order', 'dealer']),
        ('D13', 'capital tied up', ['mart_capital_days'], ['stock']),
        ('D14', 'diversion cases', ['mart_diversion_cases', 'mart_case_response'], ['scan', 'dealer', 'territory']),
        ('D15', 'onboarding', ['mart_onboarding', 'mart_onboarding_active'], ['dealer', 'activity', 'order', 'scan']),
        ('D16', 'multi-tier split', ['mart_rebate_split'], ['order', 'dealer', 'rebate_program']),
        ('D17', 'modules', ['mart_modules'], []),
        ('D18', 'forecast accuracy', ['mart_forecast_accuracy'], ['order']),
        ('D19', 'adoption by place', ['mart_adoption_by_place'], ['dealer', 'activity']),
        ('D20', 'stage dwell', ['mart_stage_dwell', 'mart_order_stages'], ['order']),
        ('D21', 'cohorts', ['mart_cohorts'], ['dealer', 'order']),
        ('D22', 'adoption', ['mart_adoption', 'mart_dealer_actions'], ['dealer']),
        ('D23', 'alert delivery', ['mart_alert_delivery'], ['scan'])
    ]) AS entry
)
COMMENT 'Which figures are on (D17): a feed that has never sent anything switches off its own, and says so'
