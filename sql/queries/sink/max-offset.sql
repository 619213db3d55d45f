-- The highest offset of one partition in the ledger; no row when it holds none.
SELECT max(_offset) AS offset
FROM {raw: Identifier}
WHERE _topic = {topic: String} AND _partition = {partition: UInt32}
HAVING count() > 0
