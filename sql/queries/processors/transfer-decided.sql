-- Notes besides the codes of transfers on which somebody has decided since they were looked at: another quantity, or none after all. A run's version is the
-- time at which it began, ms; clocks of two machines may differ by a minute.
-- clickhouse-client --param_version=…
INSERT INTO raw_dirty_codes
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT noted.code AS code
    FROM (SELECT suggestion_id, code, version AS noted_in FROM raw_transfer_codes FINAL) AS noted
    INNER JOIN
    (
        SELECT suggestion_id, toUnixTimestamp64Milli(max(decided_at)) AS decided_ms
        FROM raw_mart_suggestion_decisions
        WHERE startsWith(suggestion_id, 'tr:')
        GROUP BY suggestion_id
    ) AS decisions ON decisions.suggestion_id = noted.suggestion_id
    WHERE noted.noted_in < decisions.decided_ms + 60000
)
WHERE code NOT IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64})
