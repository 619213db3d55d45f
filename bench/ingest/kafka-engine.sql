-- ClickHouse's own Kafka engine into the same table as the sink's. {{columns}} are those of raw_scans that an event has.
-- One thread a consumer and large blocks: the settings at which it drains fastest; the queue is read as JSONEachRow.
CREATE TABLE bench_queue ({{columns}})
ENGINE = Kafka
SETTINGS
    kafka_broker_list = '{{brokers}}',
    kafka_topic_list = '{{topic}}',
    kafka_group_name = '{{group}}',
    kafka_format = 'JSONEachRow',
    kafka_num_consumers = {{consumers}},
    kafka_thread_per_consumer = 1,
    kafka_max_block_size = {{block_rows}},
    kafka_poll_max_batch_size = 65536,
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW bench_queue_to_raw TO raw_scans
AS SELECT *, _topic, _partition, _offset, now64(3, 'UTC') AS _ingested_at
FROM bench_queue;
