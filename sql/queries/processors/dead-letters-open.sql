-- Deliveries that were set aside and never sent again: how many, and when and why the newest of them was.
SELECT
    count() AS open,
    maxOrNull(dead_at) AS last_dead_at,
    argMaxOrNull(toString(reason), dead_at) AS last_reason
FROM raw_dead_letters FINAL
WHERE replayed_at IS NULL
