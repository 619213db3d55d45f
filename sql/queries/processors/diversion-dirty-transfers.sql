-- Notes besides what shares a transfer with codes noted for this run, and what is packed in it: the quantity is shared too.
INSERT INTO raw_dirty_codes
WITH
    shared AS
    (
        SELECT code FROM raw_transfer_codes
        WHERE suggestion_id IN (SELECT suggestion_id FROM raw_transfer_codes WHERE code IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64}))
    ),
    packed AS
    (
        SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM shared)
        UNION ALL
        SELECT code FROM raw_mart_code_journeys ARRAY JOIN former_parents AS former
        WHERE notEmpty(former_parents) AND former IN (SELECT code FROM shared)
    )
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM shared UNION ALL SELECT code FROM packed
    UNION ALL SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM packed)
)
WHERE code NOT IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64})
