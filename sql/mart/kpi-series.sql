CREATE OR REPLACE VIEW mart_kpi_series {{on_cluster}}
(
    id LowCardinality(String) COMMENT 'id of the KPI',
    bucket_start DateTime64(3, 'UTC') COMMENT 'start of the hour or local day',
    value Nullable(Float64) COMMENT 'value at the end of the bucket, or now if it has not ended; null = undefined',
    since DateTime64(3, 'UTC') COMMENT 'since when this value stands',
    restated_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when late data last changed it after it was closed; null = never',
    value_before Nullable(Float64) COMMENT 'the value before that'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    id,
    bucket_start,
    value,
    since,
    restated_at,
    value_before
FROM raw_mart_kpi_series FINAL
COMMENT 'Each KPI hour by hour or day by day, with what late data restated'
