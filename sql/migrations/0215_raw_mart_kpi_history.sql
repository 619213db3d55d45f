-- Storage of mart_kpi_history: every value that a bucket of a KPI's series has had. The series itself keeps the last one only.
CREATE TABLE IF NOT EXISTS raw_mart_kpi_history {{on_cluster}}
(
    id LowCardinality(String) COMMENT 'id of the KPI',
    bucket_start DateTime64(3, 'UTC') COMMENT 'start of the hour or local day',
    known_from DateTime64(3, 'UTC') COMMENT 'since when this value stood',
    value Nullable(Float64) COMMENT 'value at the end of the bucket, or then if it had not ended; null = undefined',
    restated Bool COMMENT 'whether late data changed the bucket to it after it was closed'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree}}
ORDER BY (id, bucket_start, known_from)
TTL toDateTime(known_from) + INTERVAL 400 DAY
COMMENT 'Storage of mart_kpi_history. Read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_kpi_history_feed {{on_cluster}} TO raw_mart_kpi_history
COMMENT 'Keeps what raw_mart_kpi_series replaces'
AS
SELECT id, bucket_start, since AS known_from, value, toBool(coalesce(restated_at = since, false)) AS restated
FROM raw_mart_kpi_series;

INSERT INTO raw_mart_kpi_history
SELECT id, bucket_start, since AS known_from, value, toBool(coalesce(restated_at = since, false)) AS restated
FROM raw_mart_kpi_series FINAL;
