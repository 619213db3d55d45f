-- Parts all codes into stretches with about as many scans each: where each ends but the last. `parts` of them, or more that none has more scans.
-- clickhouse-client --param_parts=1 --param_scans=2500000
WITH
    (SELECT intDiv(count(), 100000) + 1 FROM raw_scans_by_key) AS every,
    (SELECT greatest({parts: UInt32}, toUInt32(intDiv(count(), {scans: UInt32}) + 1)) FROM raw_scans_by_key) AS stretches
SELECT DISTINCT until
FROM
(
    SELECT arrayJoin(arrayMap(n -> codes[1 + intDiv(n * length(codes), stretches)], range(1, stretches))) AS until
    FROM (SELECT arraySort(groupArray(code)) AS codes FROM raw_scans_by_key WHERE _offset % every = 0)
)
WHERE until != ''
ORDER BY until
