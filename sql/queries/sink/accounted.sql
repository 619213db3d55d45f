-- How many rows account for a range of offsets, and for how many different offsets: the ledger's and the dead letters.
SELECT count() AS rows, uniqExact(_offset) AS offsets
FROM
(
    SELECT _offset
    FROM {raw: Identifier}
    WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
    UNION ALL
    SELECT DISTINCT _offset
    FROM raw_dead_letters
    WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
      AND reason != 'lost'
)
