-- What each run that makes suggestions has seen: whether another one is due is read from it. The row is written last, so that a run that
-- broke off is made again.
CREATE TABLE IF NOT EXISTS raw_mart_suggestion_runs {{on_cluster}}
(
    created_at DateTime64(3, 'UTC') COMMENT 'when the run began',
    cycle LowCardinality(String) COMMENT 'ISO week of the run, e.g. 2026-W48',
    forecast_version String COMMENT 'the forecast behind it',
    overrides UInt64 COMMENT 'overrides of that forecast that there were when it began, those taken back included',
    orders UInt32 COMMENT 'orders suggested',
    transfers UInt32 COMMENT 'transfers suggested',
    stocked UInt32 COMMENT 'dealer x product pairs with a stock snapshot'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY created_at
COMMENT 'Runs that made suggestions to their end';
