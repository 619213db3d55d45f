CREATE OR REPLACE VIEW mart_checks {{on_cluster}}
(
    identity LowCardinality(String) COMMENT 'the identity: the name of its file in sql/checks',
    event_type LowCardinality(String) COMMENT 'type of the events that it was asked of; empty = it is about the whole',
    asked_at DateTime64(3, 'UTC') COMMENT 'when it was asked',
    state LowCardinality(String) COMMENT 'holds, broken, or unasked: asking took more than it may',
    violations UInt32 COMMENT 'rows that break it, 100 at most',
    example String COMMENT 'one of them as JSON; empty = none',
    reason String COMMENT 'why it was not asked; empty = it was',
    took_ms UInt32 COMMENT 'how long asking took, ms'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT identity, event_type, asked_at, state, violations, example, reason, took_ms
FROM raw_mart_checks FINAL
COMMENT 'Whether the identities that must hold at every moment do: asked one after another, each within a quarter of an hour'
