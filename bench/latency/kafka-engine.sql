-- ClickHouse's own Kafka engine with its default settings (it flushes every 7.5 s) into a ledger of the same schema.
-- {{columns}} are those of {{table}} that an event has.
CREATE TABLE {{queue}} ({{columns}})
ENGINE = Kafka
SETTINGS
    kafka_broker_list = '{{brokers}}',
    kafka_topic_list = '{{topic}}',
    kafka_group_name = '{{queue}}',
    kafka_format = 'JSONEachRow',
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW {{queue}}_to_raw TO {{table}}
AS SELECT *, '{{topic}}' AS _topic, _partition, _offset, now64(3, 'UTC') AS _ingested_at
FROM {{queue}};
