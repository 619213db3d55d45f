CREATE OR REPLACE VIEW mart_webhook_deliveries {{on_cluster}}
(
    webhook LowCardinality(String) COMMENT 'its name in the file of webhooks',
    alert_id String COMMENT 'the case',
    state LowCardinality(String) COMMENT 'state of the case that was told; or withdrawn, or lapsed',
    severity LowCardinality(String) COMMENT 'its severity then',
    visit UInt32 COMMENT 'how often the case had come into that state before',
    status LowCardinality(String) COMMENT 'delivered, waiting (it is tried again) or given_up',
    attempts UInt32 COMMENT 'how often it was posted',
    detail String COMMENT 'what the last attempt was answered; empty = it was taken',
    raised_at DateTime64(3, 'UTC') COMMENT 'when the case was raised',
    attempted_at DateTime64(3, 'UTC') COMMENT 'the last attempt',
    next_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it is tried again; null = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    target AS webhook,
    alert_id,
    state,
    severity,
    visit,
    status,
    attempts,
    detail,
    raised_at,
    attempted_at,
    if(status = 'waiting', toNullable(raw_webhook_deliveries.next_at), NULL) AS next_at
FROM raw_webhook_deliveries FINAL
COMMENT 'Alerts told to webhooks (D23): each time that a case comes into a state, at least once, by the id that is made of case, state, severity and visit'
