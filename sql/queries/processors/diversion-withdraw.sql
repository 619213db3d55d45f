-- Marks the signals of the codes noted for this run that it did not find again as withdrawn, and forgets the codes.
INSERT INTO raw_mart_diversion_signals
SELECT * EXCEPT (version, is_deleted), {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_diversion_signals AS signals FINAL
WHERE code IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64}) AND signals.version < {version: UInt64}
