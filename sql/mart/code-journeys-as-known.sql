-- What mart_code_journeys would say of what was known at another time.
-- SELECT * FROM mart_code_journeys_as_known(known_at = '2026-11-24 12:00:00')
CREATE OR REPLACE VIEW mart_code_journeys_as_known {{on_cluster}}
(
    code String COMMENT 'the code, as its first scan spells it',
    item String COMMENT 'what all spellings of the code have in common (core_item_key): EPC URNs and Digital Links of any domain; a private code is its own',
    spellings Array(String) COMMENT 'the code as core_scans has it, in all its spellings',
    level String COMMENT 'what the code is on, by its first scan',
    sku_id String COMMENT 'the product, by its first scan',
    lot String COMMENT 'production lot, by the first scan that names one, else by the code itself; empty = neither says',
    parent_code String COMMENT 'the case or pallet that contains it, by the last scan that names one; empty = none does',
    parent_item String COMMENT 'item of parent_code; empty = none',
    former_parents Array(String) COMMENT 'items of other cases or pallets that contained it before, by the scans that name them',
    former_until Array(DateTime64(3, 'UTC')) COMMENT 'when a scan first named another container after each of them',
    shipped_at Array(DateTime64(3, 'UTC')) COMMENT 'its own shipping scans that name a dealer, in order of time',
    shipped_to Array(String) COMMENT 'the dealer that each of them is meant for',
    shipped_by Array(String) COMMENT 'the dealer whose scan each of them is',
    next_seen_at Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'the first scan after each of them, packing left out, by another hand than shipped it (by whom it is meant for, also one up to 15 minutes before: clocks differ); null = none',
    seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first scan at or after receiving that follows its first shipping, by whom that is meant for from 15 minutes before it on; null = none',
    scans UInt64 COMMENT 'its scans',
    first_event_time DateTime64(3, 'UTC') COMMENT 'its first scan',
    last_event_time DateTime64(3, 'UTC') COMMENT 'its last scan'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    if(empty(ways.spellings), ways.code, ways.spellings[1]) AS code, ways.code AS item,
    if(empty(ways.spellings), [ways.code], ways.spellings) AS spellings,
    level, sku_id, lot, if(sent_parent_code = '', ways.parent_code, sent_parent_code) AS parent_code, ways.parent_code AS parent_item,
    former_parents, former_until, shipped_at, shipped_to, shipped_by, next_seen_at, seen_at, scans, first_event_time, last_event_time
FROM raw_code_journeys_of(known_at = {known_at: DateTime64(3, 'UTC')}, noted_by = 0, after = '', until = '') AS ways
COMMENT 'Logistics codes as they were known at known_at, out of the scans that had been written here by then'
