-- Storage of mart_checks: what the identities of sql/checks said when they were last asked.
CREATE TABLE IF NOT EXISTS raw_mart_checks {{on_cluster}}
(
    identity LowCardinality(String) COMMENT 'the identity: the name of its file in sql/checks',
    event_type LowCardinality(String) COMMENT 'type of the events that it was asked of; empty = it is about the whole',
    asked_at DateTime64(3, 'UTC') COMMENT 'when it was asked',
    state LowCardinality(String) COMMENT 'holds, broken, or unasked: asking took more than it may',
    violations UInt32 COMMENT 'rows that break it, 100 at most',
    example String COMMENT 'one of them as JSON; empty = none' CODEC(ZSTD(1)),
    reason String COMMENT 'why it was not asked; empty = it was',
    took_ms UInt32 COMMENT 'how long asking took, ms'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(asked_at)}}
ORDER BY (identity, event_type)
COMMENT 'Storage of mart_checks. Read with FINAL';
