-- Storage of mart_kpis and mart_kpi_series: what the KPIs said, and when.
CREATE TABLE IF NOT EXISTS raw_mart_kpis {{on_cluster}}
(
    id LowCardinality(String) COMMENT 'id of the KPI',
    computed_minute DateTime('UTC') COMMENT 'minute in which it was computed; its last value is kept',
    computed_at DateTime64(3, 'UTC') COMMENT 'when it was computed',
    value Nullable(Float64) COMMENT 'value in unit; null = undefined',
    reason String COMMENT 'why it is null, or what it leaves out; empty = neither',
    unit LowCardinality(String) COMMENT 'unit; of money its ISO 4217 code',
    as_of DateTime64(3, 'UTC') COMMENT 'event time up to which the data is in',
    delta Nullable(Float64) COMMENT 'value minus the value at the same time yesterday',
    restated Bool COMMENT 'whether late data changed a closed day within the last 24 h'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(computed_at)}}
ORDER BY (id, computed_minute)
TTL computed_minute + INTERVAL 400 DAY
COMMENT 'Storage of mart_kpis. Read with FINAL';

CREATE TABLE IF NOT EXISTS raw_mart_kpi_series {{on_cluster}}
(
    id LowCardinality(String) COMMENT 'id of the KPI',
    bucket_start DateTime64(3, 'UTC') COMMENT 'start of the hour or local day',
    value Nullable(Float64) COMMENT 'value at the end of the bucket, or now if it has not ended; null = undefined',
    since DateTime64(3, 'UTC') COMMENT 'since when this value stands',
    restated_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when late data last changed it after it was closed; null = never',
    value_before Nullable(Float64) COMMENT 'the value before that',
    version UInt64 COMMENT 'run that computed the row; the highest holds'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version)}}
ORDER BY (id, bucket_start)
COMMENT 'Storage of mart_kpi_series. Read with FINAL';
