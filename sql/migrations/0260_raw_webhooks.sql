-- Alerts on their way to webhooks: one row for each that a target is owed, replaced with every attempt.
CREATE TABLE IF NOT EXISTS raw_webhook_deliveries {{on_cluster}}
(
    target LowCardinality(String) COMMENT 'name of the webhook in the file of webhooks',
    alert_id String COMMENT 'the case',
    state LowCardinality(String) COMMENT 'state of the case that was told',
    severity LowCardinality(String) COMMENT 'its severity then',
    status LowCardinality(String) COMMENT 'delivered, waiting (it is tried again) or given_up',
    attempts UInt32 COMMENT 'how often it was posted',
    detail String COMMENT 'what the last attempt was answered; empty = it was taken',
    raised_at DateTime64(3, 'UTC') COMMENT 'when the case was raised',
    attempted_at DateTime64(3, 'UTC') COMMENT 'the last attempt',
    next_at DateTime64(3, 'UTC') COMMENT 'when it is tried again; only of those waiting',
    version UInt64 COMMENT 'Unix time of the attempt, ms; the highest holds'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version)}}
ORDER BY (target, alert_id, state, severity)
COMMENT 'What webhooks were told of cases. Read with FINAL';

-- Since when a target is known: what was raised before is not told to it.
CREATE TABLE IF NOT EXISTS raw_webhook_targets {{on_cluster}}
(
    target LowCardinality(String) COMMENT 'name of the webhook in the file of webhooks',
    known_since DateTime64(3, 'UTC') COMMENT 'when it was first configured'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(known_since)}}
ORDER BY target
COMMENT 'Webhooks that were ever configured. Read with FINAL';
