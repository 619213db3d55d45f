-- Forecast versions. All is written once and never changed; a version exists when its row in raw_mart_forecast_versions does, which
-- is written last.
CREATE TABLE IF NOT EXISTS raw_mart_forecast_versions {{on_cluster}}
(
    forecast_version String COMMENT 'fc-<day>-<number of the day>, e.g. fc-20261124-02',
    as_of DateTime64(3, 'UTC') COMMENT 'end of the last whole local day whose demand was known',
    generated_at DateTime64(3, 'UTC') COMMENT 'when it was computed',
    seed UInt32 COMMENT 'the same demand and seed give the same forecasts',
    series UInt32 COMMENT 'dealer x product pairs forecast',
    days UInt16 COMMENT 'days ahead',
    weeks UInt16 COMMENT 'weeks ahead',
    choices String COMMENT 'JSON: grain -> class of demand -> model chosen',
    accuracy String COMMENT 'JSON: list of {level, points, wape, bias, naive_wape, coverage_p80} of a backtest one horizon before as_of'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY forecast_version
COMMENT 'Storage of mart_forecast_versions';

CREATE TABLE IF NOT EXISTS raw_mart_forecast_series {{on_cluster}}
(
    forecast_version String COMMENT 'the version',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    dealer_name String COMMENT 'name of the dealer at as_of; its id where no version was valid',
    adcode LowCardinality(String) COMMENT 'division of the dealer at as_of; empty where unknown',
    sku_name String COMMENT 'name of the product at as_of; its id where no version was valid',
    category LowCardinality(String) COMMENT 'category of the product at as_of; empty where unknown',
    open_orders_qty Float64 COMMENT 'units ordered by the dealer and not yet delivered, at generated_at',
    on_hand_qty Nullable(Float64) COMMENT 'units on hand by the last snapshots (at most 35 days old); null without one',
    in_transit_qty Nullable(Float64) COMMENT 'units on their way in by the last snapshots; null without one',
    committed_qty Nullable(Float64) COMMENT 'units promised by the last snapshots; null without one',
    model LowCardinality(String) COMMENT 'model of the daily forecast',
    cold_start Bool COMMENT 'no demand was known: forecast like launches of its kind',
    quality_flag LowCardinality(String) COMMENT 'ok, short_history, sparse, no_backtest',
    wape_backtest Nullable(Float64) COMMENT 'sum |A-F| / sum A over the days of the backtest; null when nothing sold or nothing known',
    coverage_p80 Nullable(Float64) COMMENT 'share of the backtest''s days between p10 and p90; null when nothing known'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (forecast_version, dealer_id, sku_id)
COMMENT 'What a forecast version says about each dealer and product as a whole';

CREATE TABLE IF NOT EXISTS raw_mart_forecasts {{on_cluster}}
(
    forecast_version String COMMENT 'the version' CODEC(ZSTD(1)),
    bucket_grain LowCardinality(String) COMMENT 'day or week',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    horizon_step UInt16 COMMENT 'how many buckets ahead, from 1',
    bucket_start Date32 COMMENT 'local day, or first local day of seven',
    mean Float32 COMMENT 'mean, units: for totals',
    p10 Float32 COMMENT '10 % quantile, units',
    p50 Float32 COMMENT 'median, units',
    p90 Float32 COMMENT '90 % quantile, units: for stock',
    p95 Float32 COMMENT '95 % quantile, units: for stock',
    naive Float32 COMMENT 'the seasonal naive forecast, units: what the accuracy is told beside'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (forecast_version, bucket_grain, dealer_id, sku_id, horizon_step)
COMMENT 'The rows of each forecast version, as they were forecast then';

CREATE TABLE IF NOT EXISTS raw_mart_forecast_overrides {{on_cluster}}
(
    forecast_version String COMMENT 'the version that it is about',
    bucket_grain LowCardinality(String) COMMENT 'day or week',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    bucket_start Date32 COMMENT 'the bucket',
    override_qty Nullable(Decimal(18, 3)) COMMENT 'units instead of the baseline; null = taken back',
    reason String COMMENT 'why',
    override_by LowCardinality(String) COMMENT 'who',
    override_at DateTime64(3, 'UTC') COMMENT 'when',
    revision UInt64 COMMENT 'grows with each change of the version''s overrides: the highest of a row holds'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (forecast_version, bucket_grain, dealer_id, sku_id, bucket_start, revision)
COMMENT 'Every override ever made: the audit, and the one that holds';
