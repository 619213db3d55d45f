-- Forgets what was held of the codes noted for this run; those that are still to wait are held again after it.
INSERT INTO raw_held_codes
SELECT code, due_at, {version: UInt64} AS version, 1 AS is_deleted
FROM raw_held_codes AS held FINAL
WHERE code IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64}) AND held.version < {version: UInt64}
