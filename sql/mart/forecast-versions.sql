CREATE OR REPLACE VIEW mart_forecast_versions {{on_cluster}}
(
    forecast_version String COMMENT 'fc-<day>-<number of the day>, e.g. fc-20261124-02',
    as_of DateTime64(3, 'UTC') COMMENT 'end of the last whole local day whose demand was known',
    generated_at DateTime64(3, 'UTC') COMMENT 'when it was computed',
    seed UInt32 COMMENT 'the same demand and seed give the same forecasts',
    series UInt32 COMMENT 'dealer x product pairs forecast',
    days UInt16 COMMENT 'days ahead',
    weeks UInt16 COMMENT 'weeks ahead',
    choices String COMMENT 'JSON: grain -> class of demand -> model chosen',
    accuracy String COMMENT 'JSON: list of {level, lag_first, lag_last, points, wape, bias, naive_wape, coverage_p80} of a backtest one horizon before as_of; lags are days from what was known last to the first day of a sum'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT forecast_version, as_of, generated_at, seed, series, days, weeks, choices, accuracy
FROM raw_mart_forecast_versions
COMMENT 'Forecast versions, each computed once and never changed'
