-- Notes what is and was packed in the items noted as `of`: a case's shipment is its units' too.
-- clickhouse-client --param_version=… --param_of=moved --param_step=content
INSERT INTO raw_touched_codes
SELECT DISTINCT known.code, {step: String} AS step, {version: UInt64} AS version
FROM raw_mart_code_journeys AS known
WHERE (known.parent_code != '' AND known.parent_code IN (SELECT code FROM raw_touched_codes WHERE version = {version: UInt64} AND step = {of: String}))
   OR (notEmpty(known.former_parents) AND hasAny(known.former_parents, (SELECT groupArray(code) FROM raw_touched_codes WHERE version = {version: UInt64} AND step = {of: String})))
