-- Notes the next codes in the order of the table, after one: so all of them are judged, each once.
-- clickhouse-client --param_after='' --param_codes=100000 --param_version=1
INSERT INTO raw_dirty_codes
SELECT code, {version: UInt64} AS version
FROM raw_mart_code_journeys FINAL
WHERE code > {after: String}
ORDER BY code
LIMIT {codes: UInt32}
