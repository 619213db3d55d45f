-- How many signals the codes noted for this run have.
SELECT count() AS signals
FROM raw_mart_diversion_signals FINAL
WHERE code IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64})
