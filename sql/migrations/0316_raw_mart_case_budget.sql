-- Storage of mart_case_budget: days of which cases are left out, since an investigator's day is not long enough for them.
CREATE TABLE IF NOT EXISTS raw_mart_case_budget {{on_cluster}}
(
    day Date32 COMMENT 'UTC day of the first event of the cases',
    cases UInt32 COMMENT 'cases that are not raised',
    surest Float64 COMMENT 'the highest confidence among them',
    version UInt64 COMMENT 'the run that found it',
    is_deleted UInt8 COMMENT '1 = none of the day is left out any more'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY day
COMMENT 'Storage of mart_case_budget. Read with FINAL';
