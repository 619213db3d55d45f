-- Notes the codes that new scans touch, however they do, and those of which no lot was known, which their container may have said now.
INSERT INTO raw_dirty_codes
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM raw_touched_codes WHERE version = {version: UInt64}
    UNION ALL
    SELECT code FROM raw_mart_diversion_signals
    WHERE lot = '' AND parent_code IN (SELECT code FROM raw_touched_codes WHERE version = {version: UInt64} AND step = 'scanned')
)
