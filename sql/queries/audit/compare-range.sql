-- A range of offsets as Kafka gave it (the table `log`, sent along: the columns of columns.sql) and as the ledger holds it:
-- rows, different offsets, and a digest of every column of every row that does not depend on their order.
-- clickhouse-client --external --name=log --format=JSONEachRow --structure='…' --file=… --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99
WITH
    (SELECT (count(), uniqExact(_offset), sum(cityHash64(tuple(*)))) FROM log) AS given,
    (
        SELECT (count(), uniqExact(_offset), sum(cityHash64(tuple(* EXCEPT (_topic, _partition, _ingested_at)))))
        FROM {raw: Identifier}
        WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
    ) AS stored
SELECT
    given.1 AS given_rows, given.2 AS given_offsets, toString(given.3) AS given_digest,
    stored.1 AS stored_rows, stored.2 AS stored_offsets, toString(stored.3) AS stored_digest
