CREATE OR REPLACE VIEW mart_kpi_history {{on_cluster}}
(
    id LowCardinality(String) COMMENT 'id of the KPI',
    bucket_start DateTime64(3, 'UTC') COMMENT 'start of the hour or local day',
    known_from DateTime64(3, 'UTC') COMMENT 'since when the board said this value',
    known_until Nullable(DateTime64(3, 'UTC')) COMMENT 'when another took its place; null = it still stands',
    value Nullable(Float64) COMMENT 'value at the end of the bucket, or then if it had not ended; null = undefined',
    value_before Nullable(Float64) COMMENT 'the value that it took the place of; null = the first, or undefined',
    difference Nullable(Float64) COMMENT 'value minus value_before',
    restated Bool COMMENT 'whether late data changed the bucket to it after it was closed'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    id,
    bucket_start,
    known_from,
    leadInFrame(toNullable(known_from)) OVER versions AS known_until,
    value,
    lagInFrame(value) OVER versions AS value_before,
    value - value_before AS difference,
    restated
FROM raw_mart_kpi_history FINAL
WINDOW versions AS (PARTITION BY id, bucket_start ORDER BY known_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
COMMENT 'What the board said of each hour or day, and from when to when: all that late data restated. 400 days are kept'
