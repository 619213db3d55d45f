-- How far one partition has come: the highest offset of a row of the ledger, and of a row or a dead letter; null = none.
-- And since when the server has been running, s: what was written before that may have gone through a power cut.
WITH
    (SELECT if(count() = 0, NULL, max(_offset)) FROM {raw: Identifier} WHERE _topic = {topic: String} AND _partition = {partition: UInt32}) AS in_ledger,
    (SELECT if(count() = 0, NULL, max(_offset)) FROM raw_dead_letters WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND reason != 'lost') AS in_letters
SELECT
    toUnixTimestamp(now()) - uptime() AS server_s,
    in_ledger AS stored,
    if(in_ledger IS NULL OR in_letters IS NULL, coalesce(in_ledger, in_letters), greatest(in_ledger, in_letters)) AS accounted
