-- Whether a dead letter accounts for an offset: how many rows say so.
SELECT count() AS letters
FROM raw_dead_letters
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset = {offset: UInt64} AND reason != 'lost'
