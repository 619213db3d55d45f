-- Webhooks that were ever configured.
SELECT target FROM raw_webhook_targets FINAL
