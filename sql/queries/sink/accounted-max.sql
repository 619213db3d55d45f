-- The highest offset of one partition that a row accounts for, in the ledger or as a dead letter; no row when there is none.
SELECT max(_offset) AS offset
FROM
(
    SELECT _offset
    FROM {raw: Identifier}
    WHERE _topic = {topic: String} AND _partition = {partition: UInt32}
    UNION ALL
    SELECT _offset
    FROM raw_dead_letters
    WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND reason != 'lost'
)
HAVING count() > 0
