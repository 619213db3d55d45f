-- What the confidence of a case is made of, for each confidence that it had: a pack of evidence tells it, and whoever has the pack comes to the same
-- number. Cases that have not changed since have none.
CREATE TABLE IF NOT EXISTS raw_mart_case_accounts {{on_cluster}}
(
    alert_id String COMMENT 'the case',
    confidence Float64 COMMENT 'probability that it is real',
    account String COMMENT 'what it is made of, JSON: ConfidenceAccount of models/diversion/confidence.ts' CODEC(ZSTD(1)),
    version UInt64 COMMENT 'run that wrote the row; the highest holds'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version)}}
ORDER BY (alert_id, confidence)
COMMENT 'What the confidence of cases is made of. Read with FINAL';
