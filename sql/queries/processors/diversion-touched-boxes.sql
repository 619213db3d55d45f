-- Notes what is and was packed in the cases and pallets that were handled as such, as far as it was handled itself: it should not have been, outside
-- of them. Most of what is in a case was packed within minutes, and never scanned since.
-- clickhouse-client --param_version=… --param_of=box --param_step=boxed --param_clock_h=0.25
INSERT INTO raw_touched_codes
SELECT DISTINCT known.code, {step: String} AS step, {version: UInt64} AS version
FROM raw_mart_code_journeys AS known
WHERE dateDiff('second', known.first_event_time, known.last_event_time) > 3600 * {clock_h: Float64}
  AND (
      (known.parent_code != '' AND known.parent_code IN (SELECT code FROM raw_touched_codes WHERE version = {version: UInt64} AND step = {of: String}))
      OR (notEmpty(known.former_parents) AND hasAny(known.former_parents, (SELECT groupArray(code) FROM raw_touched_codes WHERE version = {version: UInt64} AND step = {of: String}))))
