-- Who shipped a code first, to whom, and what it is on: who asks about shipments asks about dealers.
ALTER TABLE raw_mart_code_shipments {{on_cluster}}
    ADD COLUMN IF NOT EXISTS dealer_id LowCardinality(String) COMMENT 'the dealer that its first shipment is meant for' AFTER first_shipped_at,
    ADD COLUMN IF NOT EXISTS shipped_by LowCardinality(String) COMMENT 'the dealer whose scan its first shipment is' AFTER dealer_id,
    ADD COLUMN IF NOT EXISTS sku_id LowCardinality(String) COMMENT 'the product, by its first scan' AFTER shipped_by;

DROP VIEW IF EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}} SYNC;

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_shipments {{on_cluster}}
TO raw_mart_code_shipments
AS SELECT
    toDate32(shipped_at[1]) AS shipped_day, code, spellings[1] AS sent_code, shipped_at[1] AS first_shipped_at, shipped_to[1] AS dealer_id,
    shipped_by[1] AS shipped_by, sku_id, seen_at, version, is_deleted
FROM (SELECT code, spellings, shipped_at, shipped_to, raw_mart_code_journeys.shipped_by AS shipped_by, sku_id, seen_at, version, is_deleted FROM raw_mart_code_journeys)
WHERE notEmpty(shipped_at)
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_shipments';

-- What is there: of two rows of one version the one written last holds.
INSERT INTO raw_mart_code_shipments (shipped_day, code, sent_code, first_shipped_at, dealer_id, shipped_by, sku_id, seen_at, version, is_deleted)
SELECT toDate32(ways.shipped_at[1]), ways.code, ways.spellings[1], ways.shipped_at[1], ways.shipped_to[1], ways.shipped_by[1], ways.sku_id, ways.seen_at, ways.version, 0
FROM raw_mart_code_journeys AS ways FINAL
WHERE notEmpty(ways.shipped_at);
