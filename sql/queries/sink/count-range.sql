-- How many rows of a range of offsets the ledger holds, and how many different offsets.
SELECT count() AS rows, uniqExact(_offset) AS offsets
FROM {raw: Identifier}
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
