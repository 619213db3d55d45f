-- Notes all spellings of the items that scans may spell in more than one way, in parts by item.
-- clickhouse-client --param_parts=1
INSERT INTO raw_dirty_spellings
WITH spellings AS (SELECT code AS spelling, core_item_key(spelling) AS item FROM raw_scans_by_key GROUP BY code)
SELECT spelling AS code, 1 + cityHash64(item) % {parts: UInt32} AS version
FROM spellings
WHERE sipHash64(item) IN (SELECT sipHash64(spellings.item) AS hash FROM spellings GROUP BY hash HAVING count() > 1)
