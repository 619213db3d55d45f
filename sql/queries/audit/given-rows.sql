-- The digest of each row that Kafka's messages (the table `log`, sent along) make.
SELECT _offset AS offset, toString(cityHash64(tuple(*))) AS digest
FROM log
