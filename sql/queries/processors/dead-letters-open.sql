-- Deliveries that were set aside and never sent again.
SELECT count() AS open
FROM raw_dead_letters FINAL
WHERE replayed_at IS NULL
