-- scan_coverage (D8) at each `as_of`: of the codes first shipped to a dealer in the 28 days that ended 3 days before, the share
-- seen again since: received, counted, inspected, sold, scanned by a consumer or returned. The 3 days are the time that goods travel.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']"
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    shipped AS
    (
        SELECT first_shipped_at, seen_at
        FROM mart_code_shipments
        WHERE shipped_day >= toDate32(arrayMin(instants)) - 32
          AND first_shipped_at > arrayMin(instants) - INTERVAL 31 DAY AND first_shipped_at <= arrayMax(instants) - INTERVAL 3 DAY
    )
SELECT as_of, count() AS shipped_codes, countIf(seen_at <= instant) AS seen_codes
FROM shipped
ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
WHERE first_shipped_at > instant - INTERVAL 31 DAY AND first_shipped_at <= instant - INTERVAL 3 DAY
GROUP BY as_of
