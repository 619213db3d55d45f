CREATE OR REPLACE VIEW mart_kpis {{on_cluster}}
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
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    id,
    computed_minute,
    computed_at,
    value,
    reason,
    unit,
    as_of,
    delta,
    restated
FROM raw_mart_kpis FINAL
COMMENT 'What each KPI said, minute by minute'
