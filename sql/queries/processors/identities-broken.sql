-- Identities that did not hold when they were last asked, and when that was.
SELECT arraySort(groupUniqArray(toString(identity))) AS identities, maxOrNull(asked_at) AS asked_at
FROM raw_mart_checks FINAL
WHERE state = 'broken'
