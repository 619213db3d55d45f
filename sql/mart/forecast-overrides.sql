CREATE OR REPLACE VIEW mart_forecast_overrides {{on_cluster}}
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
    revision UInt64 COMMENT 'grows with each change of the version''s overrides',
    is_current Bool COMMENT 'whether it is the last one about its row'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    forecast_version, bucket_grain, dealer_id, sku_id, bucket_start, override_qty, reason, override_by, override_at, revision,
    toBool(revision = max(revision) OVER (PARTITION BY forecast_version, bucket_grain, dealer_id, sku_id, bucket_start)) AS is_current
FROM raw_mart_forecast_overrides
COMMENT 'Every override of a forecast, with who, when and why'
