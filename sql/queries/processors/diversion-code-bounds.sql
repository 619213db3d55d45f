-- Parts all codes into stretches of the table's order: the last code of each. Rows of former versions only make a stretch shorter.
-- clickhouse-client --param_codes=300000
SELECT until
FROM
(
    SELECT code AS until
    FROM (SELECT code FROM raw_mart_code_journeys ORDER BY code)
    WHERE rowNumberInAllBlocks() % {codes: UInt32} = {codes: UInt32} - 1
    UNION DISTINCT
    SELECT max(code) AS until FROM raw_mart_code_journeys HAVING count() > 0
)
ORDER BY until
