-- How many rows of each of some ranges of offsets the ledger holds, and how many different offsets; by the range's place in the
-- lists, from 0. Ranges may overlap: a row counts for each that holds it. A range without a row is left out.
WITH arrayZip({partitions: Array(UInt32)}, {firsts: Array(UInt64)}, {lasts: Array(UInt64)}) AS ranges
SELECT
    arrayJoin(arrayFilter((i, r) -> r.1 = _partition AND _offset BETWEEN r.2 AND r.3, arrayEnumerate(ranges), ranges)) - 1 AS nth,
    count() AS rows,
    uniqExact(_offset) AS offsets
FROM {raw: Identifier}
WHERE _topic = {topic: String}
    AND (_partition, _offset) IN (SELECT r.1, arrayJoin(range(r.2, r.3 + 1)) FROM (SELECT arrayJoin(ranges) AS r))
GROUP BY nth
