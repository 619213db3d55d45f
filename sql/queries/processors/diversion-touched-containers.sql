-- Notes, of the items noted as `of`, what they are and were packed in: a case counts the units in it. Read without FINAL: a container that
-- an item was thought to be in until now has lost it.
-- clickhouse-client --param_version=… --param_of=scanned --param_step=container
INSERT INTO raw_touched_codes
SELECT DISTINCT arrayJoin(arrayPushBack(former_parents, parent_code)) AS container, {step: String} AS step, {version: UInt64} AS version
FROM raw_mart_code_journeys AS known
WHERE known.code IN (SELECT code FROM raw_touched_codes WHERE version = {version: UInt64} AND step = {of: String}) AND container != ''
