-- A case may come into a state again, as when a verdict is taken back: that is told anew, under an id of its own.
ALTER TABLE raw_webhook_deliveries {{on_cluster}}
    ADD COLUMN IF NOT EXISTS visit UInt32 COMMENT 'how often the case had come into that state before' AFTER severity,
    MODIFY ORDER BY (target, alert_id, state, severity, visit);
