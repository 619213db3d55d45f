-- The function from scans to the ways of codes, as raw_mart_code_journeys keeps them: of all items, of those whose spellings a run has
-- noted in raw_dirty_spellings, or of a stretch of all codes, those left out that are noted there by whomever. The items of a stretch must
-- be spelt in one way each.
-- SELECT * FROM raw_code_journeys_of(known_at = '2026-11-24 12:00:00', noted_by = 0, after = '', until = '')
CREATE OR REPLACE VIEW raw_code_journeys_of {{on_cluster}}
(
    code String COMMENT 'key of the item (core_item_key): a private code is its own',
    spellings Array(String) COMMENT 'the code as scans spell it, that of the first scan first; empty = as the key alone',
    level String COMMENT 'what the code is on, by its first scan',
    sku_id String COMMENT 'the product, by its first scan',
    lot String COMMENT 'production lot, by the first scan that names one, else by the code itself; empty = neither says',
    parent_code String COMMENT 'key of the case or pallet that contains it, by the last scan that names one; empty = none does',
    sent_parent_code String COMMENT 'parent_code as the scan spells it; empty = as the key',
    former_parents Array(String) COMMENT 'keys of other cases or pallets that contained it before, by the scans that name them',
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
WITH
    scans AS
    (
        SELECT
            code AS sent_code, core_item_key(sent_code) AS item, ifNull(parent_code, '') AS sent_parent,
            level, biz_step, sku_id, ifNull(toString(lot), '') AS own_lot, ifNull(toString(to_dealer_id), '') AS receiver, event_time,
            toUnixTimestamp64Milli(event_time) AS at_ms,
            -- Sorts as (event_time, source, event_id) does, and what is said of the scan follows: one text is compared and kept many times
            -- faster than a tuple. No name has a control character.
            concat(reinterpretAsFixedString(byteSwap(toUInt64(at_ms))), source, '\0', event_id, '\0') AS place,
            toString(dealer_id) AS scanner,
            -- Who scanned, as a number: of two dealers it is the same in one of 2^63 cases.
            bitAnd(sipHash64(toString(dealer_id)), 18446744073709551614) AS hand,
            biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'consumer_scan', 'returning') AS is_later
        FROM core_scans
        WHERE ingested_at <= {known_at: DateTime64(3, 'UTC')}
          AND ({noted_by: UInt64} = 0 OR core_scans.code IN (SELECT noted.code FROM raw_dirty_spellings AS noted WHERE noted.version = {noted_by: UInt64}))
          AND
          (
              {until: String} = ''
              OR (
                  core_scans.code > {after: String} AND core_scans.code <= {until: String}
                  AND core_scans.code NOT IN (SELECT noted.code FROM raw_dirty_spellings AS noted WHERE noted.code > {after: String} AND noted.code <= {until: String}))
          )
    ),
    journeys AS
    (
        SELECT
            item,
            splitByChar('\0', substring(min(concat(place, level, '\0', sku_id, '\0', sent_code)), 9)) AS first,
            groupUniqArrayIf(sent_code, sent_code != item AND {until: String} = '') AS links,
            splitByChar('\0', substring(minIf(concat(place, own_lot), own_lot != ''), 9))[3] AS code_lot,
            arraySort(groupArrayIf(concat(place, sent_parent), sent_parent != '')) AS packed_namings,
            arraySort(groupArrayIf(concat(place, receiver, '\0', scanner), biz_step = 'shipping' AND receiver != '')) AS packed_shipments,
            -- When, by whom, and whether at or after receiving, in one number: kept and sorted several times faster than a tuple.
            arraySort(groupArrayIf(bitShiftLeft(toUInt128(at_ms), 64) + toUInt128(hand) + is_later, biz_step NOT IN ('commissioning', 'packing'))) AS moves,
            count() AS n,
            min(event_time) AS first_at,
            max(event_time) AS last_at
        FROM scans
        GROUP BY item
    ),
    unpacked AS
    (
        SELECT
            *,
            arrayMap(one -> fromUnixTimestamp64Milli(toInt64(byteSwap(reinterpretAsUInt64(substring(one, 1, 8)))), 'UTC'), packed_namings) AS named_at,
            arrayMap(one -> splitByChar('\0', substring(one, 9))[3], packed_namings) AS named,
            arrayMap(one -> core_item_key(one), named) AS parents,
            arrayMap(one -> toInt64(byteSwap(reinterpretAsUInt64(substring(one, 1, 8)))), packed_shipments) AS ship_ms,
            arrayMap(one -> splitByChar('\0', substring(one, 9)), packed_shipments) AS ship_parts,
            arrayMap(one -> bitAnd(sipHash64(one[3]), 18446744073709551614), ship_parts) AS ship_to,
            arrayMap(one -> bitAnd(sipHash64(one[4]), 18446744073709551614), ship_parts) AS ship_by
        FROM journeys
    )
SELECT
    item AS code,
    multiIf(
        {until: String} != '', if(first[5] = item, emptyArrayString(), [first[5]]),
        empty(links), links,
        arrayPushFront(arraySort(arrayFilter(link -> link != first[5], links)), first[5])) AS spellings,
    first[3] AS level, first[4] AS sku_id, if(code_lot = '', core_item_lot(arrayStringConcat(spellings, ' ')), code_lot) AS lot, parents[-1] AS parent_code,
    if(named[-1] = parents[-1], '', named[-1]) AS sent_parent_code,
    arrayDistinct(arrayFilter(parent -> parent != parents[-1], parents)) AS former_parents,
    arrayMap(
        former -> arrayElement(named_at, arrayLastIndex(parent -> parent = former, parents) + 1),
        former_parents) AS former_until,
    arrayMap(ms -> fromUnixTimestamp64Milli(ms, 'UTC'), ship_ms) AS shipped_at,
    arrayMap(one -> one[3], ship_parts) AS shipped_to,
    arrayMap(one -> one[4], ship_parts) AS shipped_by,
    -- Whom it was meant for, if that is not who shipped it, may have scanned it by a clock that is up to 15 minutes (CLOCKS_MS) behind.
    arrayMap(
        (ms, by, receiver) -> fromUnixTimestamp64Milli(toInt64(bitShiftRight(arrayFirstOrNull(
            move -> (move >= bitShiftLeft(toUInt128(ms + 1), 64) AND bitAnd(toUInt64(move), 18446744073709551614) != by)
                OR (move >= bitShiftLeft(toUInt128(ms - 900000), 64) AND bitAnd(toUInt64(move), 18446744073709551614) = receiver AND by != receiver), moves), 64)), 'UTC'),
        ship_ms, ship_by, ship_to) AS next_seen_at,
    if(empty(ship_ms), NULL, fromUnixTimestamp64Milli(toInt64(bitShiftRight(arrayFirstOrNull(
        move -> toUInt64(move) % 2 = 1 AND (move >= bitShiftLeft(toUInt128(ship_ms[1]), 64)
            OR (move >= bitShiftLeft(toUInt128(ship_ms[1] - 900000), 64) AND bitAnd(toUInt64(move), 18446744073709551614) = ship_to[1] AND ship_by[1] != ship_to[1])), moves), 64)), 'UTC')) AS seen_at,
    n AS scans, first_at AS first_event_time, last_at AS last_event_time
FROM unpacked
COMMENT 'Ways of logistics codes as they were known at known_at; noted_by 0 = of all, else of the spellings that this run noted; until not empty = of the codes beyond after up to until that none noted'
