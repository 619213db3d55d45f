-- What the weekly forecast says of each series as a whole: it chooses its models by itself.
ALTER TABLE raw_mart_forecast_series {{on_cluster}}
    ADD COLUMN IF NOT EXISTS week_model LowCardinality(String) COMMENT 'model of the weeks beyond the daily forecast; empty = none, or made before it was kept',
    ADD COLUMN IF NOT EXISTS week_wape_backtest Nullable(Float64) COMMENT 'sum |A-F| / sum A over the weeks of its backtest; null when nothing sold or nothing known',
    ADD COLUMN IF NOT EXISTS week_coverage_p80 Nullable(Float64) COMMENT 'share of that backtest''s weeks between p10 and p90; null when nothing known',
    ADD COLUMN IF NOT EXISTS week_sum_wape_backtest Nullable(Float64) COMMENT 'sum |A-F| / sum A of the daily forecast''s sums over seven days; null when nothing sold or nothing known';
