-- What is asked of codes is asked of some hundred at a time, which lie all over these tables: each costs the reading of a granule in every part.
-- Granules of 512 rows instead of 8,192 make such a question twice as fast at 35 million scans, and take no more of the disk. The index of
-- containers stays as coarse as it was: it is walked as a whole.
CREATE TABLE IF NOT EXISTS raw_scans_by_key_fine{{local}} {{on_cluster}} AS raw_scans_by_key{{local}}
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (code, event_time, source, event_id)
SETTINGS index_granularity = 512, merge_selector_base = 15
COMMENT 'Readings of logistics codes in reading order; read with FINAL';

INSERT INTO raw_scans_by_key_fine{{local}} SELECT * FROM raw_scans_by_key{{local}} SETTINGS max_partitions_per_insert_block = 0;

-- Not exchanged: after a kill that would be done once more.
RENAME TABLE IF EXISTS raw_scans_by_key{{local}} TO raw_scans_by_key_coarse{{local}} {{on_cluster}};

RENAME TABLE IF EXISTS raw_scans_by_key_fine{{local}} TO raw_scans_by_key{{local}} {{on_cluster}};

-- What a sink has written meanwhile.
INSERT INTO raw_scans_by_key{{local}} SELECT * FROM raw_scans_by_key_coarse{{local}} WHERE _ingested_at > now() - INTERVAL 1 DAY SETTINGS max_partitions_per_insert_block = 0;

DROP TABLE IF EXISTS raw_scans_by_key_coarse{{local}} {{on_cluster}} SYNC;

CREATE TABLE IF NOT EXISTS raw_mart_code_journeys_fine {{on_cluster}} AS raw_mart_code_journeys
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY code
SETTINGS index_granularity = 512
COMMENT 'Storage of mart_code_journeys. Read with FINAL';

ALTER TABLE raw_mart_code_journeys_fine {{on_cluster}} DROP INDEX IF EXISTS parent;

ALTER TABLE raw_mart_code_journeys_fine {{on_cluster}} ADD INDEX IF NOT EXISTS parent parent_code TYPE bloom_filter(0.01) GRANULARITY 16;

INSERT INTO raw_mart_code_journeys_fine SELECT * FROM raw_mart_code_journeys;

-- The views that copy its rows would follow the former table, and are made anew.
DROP VIEW IF EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}} SYNC;

DROP VIEW IF EXISTS raw_mart_code_journeys_to_legs {{on_cluster}} SYNC;

RENAME TABLE IF EXISTS raw_mart_code_journeys TO raw_mart_code_journeys_coarse {{on_cluster}};

RENAME TABLE IF EXISTS raw_mart_code_journeys_fine TO raw_mart_code_journeys {{on_cluster}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}}
TO raw_mart_code_shipments
AS SELECT toDate32(shipped_at[1]) AS shipped_day, code, spellings[1] AS sent_code, shipped_at[1] AS first_shipped_at, seen_at, version, is_deleted
FROM raw_mart_code_journeys
WHERE notEmpty(shipped_at)
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_shipments';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_legs {{on_cluster}}
TO raw_mart_code_legs
AS SELECT
    toDate32(leg_shipped_at) AS shipped_day, code, sent_code, leg_no, level, sku_id, leg_shipped_to AS dealer_id,
    leg_shipped_at AS shipped_at, leg_next AS next_seen_at, version, is_deleted
FROM (SELECT code, spellings[1] AS sent_code, level, sku_id, shipped_at AS at, shipped_to, next_seen_at AS next_at, version, is_deleted FROM raw_mart_code_journeys)
ARRAY JOIN at AS leg_shipped_at, shipped_to AS leg_shipped_to, next_at AS leg_next, arrayEnumerate(at) AS leg_no
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_legs';

DROP TABLE IF EXISTS raw_mart_code_journeys_coarse {{on_cluster}} SYNC;
