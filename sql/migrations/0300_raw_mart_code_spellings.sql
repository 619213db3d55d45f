-- One item in two spellings (EPC URN, Digital Links of other domains or with a query) is one: marts of codes are kept by the item's key.
ALTER TABLE raw_mart_code_journeys {{on_cluster}}
    ADD COLUMN IF NOT EXISTS spellings Array(String) COMMENT 'the code as scans spell it, that of the first scan first; empty = as the key alone' AFTER code,
    ADD COLUMN IF NOT EXISTS sent_parent_code String COMMENT 'parent_code as the scan spells it; empty = as the key' AFTER parent_code,
    COMMENT COLUMN code 'key of the item (core_item_key): a private code is its own',
    COMMENT COLUMN parent_code 'key of the case or pallet that contains it, by the last scan that names one; empty = none does',
    COMMENT COLUMN former_parents 'keys of other cases or pallets that contained it before, by the scans that name them';

ALTER TABLE raw_mart_code_shipments {{on_cluster}}
    ADD COLUMN IF NOT EXISTS sent_code String COMMENT 'the code as its first scan spells it; empty = as the key' AFTER code,
    COMMENT COLUMN code 'key of the item (core_item_key)';

ALTER TABLE raw_mart_code_legs {{on_cluster}}
    ADD COLUMN IF NOT EXISTS sent_code String COMMENT 'the code as its first scan spells it; empty = as the key' AFTER code,
    COMMENT COLUMN code 'key of the item (core_item_key)';

ALTER TABLE raw_mart_diversion_signals {{on_cluster}}
    ADD COLUMN IF NOT EXISTS sent_code String COMMENT 'the code as its first scan spells it; empty = as the key' AFTER code,
    COMMENT COLUMN code 'key of the item (core_item_key) that was scanned',
    COMMENT COLUMN parent_code 'key of the case or pallet that contains it; empty = not known';

DROP VIEW IF EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}} SYNC;

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}}
TO raw_mart_code_shipments
AS SELECT toDate32(shipped_at[1]) AS shipped_day, code, spellings[1] AS sent_code, shipped_at[1] AS first_shipped_at, seen_at, version, is_deleted
FROM raw_mart_code_journeys
WHERE notEmpty(shipped_at)
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_shipments';

DROP VIEW IF EXISTS raw_mart_code_journeys_to_legs {{on_cluster}} SYNC;

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_legs {{on_cluster}}
TO raw_mart_code_legs
AS SELECT
    toDate32(leg_shipped_at) AS shipped_day, code, sent_code, leg_no, level, sku_id, leg_shipped_to AS dealer_id,
    leg_shipped_at AS shipped_at, leg_next AS next_seen_at, version, is_deleted
FROM (SELECT code, spellings[1] AS sent_code, level, sku_id, shipped_at AS at, shipped_to, next_seen_at AS next_at, version, is_deleted FROM raw_mart_code_journeys)
ARRAY JOIN at AS leg_shipped_at, shipped_to AS leg_shipped_to, next_at AS leg_next, arrayEnumerate(at) AS leg_no
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_legs';

-- Emptied by each run of the processor that uses it.
CREATE TABLE IF NOT EXISTS raw_dirty_spellings {{on_cluster}}
(
    code String COMMENT 'a code that new deliveries touch, or another spelling of its item',
    version UInt64 COMMENT 'the run that noted it'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (version, code)
COMMENT 'Codes whose ways the running processor computes anew';
