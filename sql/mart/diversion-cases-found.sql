-- Which cases a text leads to. Every word of it is in the id of the case, in the id or the name of its dealers or product, in its lot, or in one
-- of the codes that it lists, whatever their case; or the whole text is a code of the case, listed or not and in any of its spellings.
-- SELECT * FROM mart_diversion_cases_found(find = '恒达 蛋白粉')
CREATE OR REPLACE VIEW mart_diversion_cases_found {{on_cluster}}
(
    alert_id String COMMENT 'a case that the text leads to; with one that was merged into another, that one too'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT arrayJoin([alerts.alert_id, merged_into]) AS alert_id
FROM {{database}}.mart_diversion_alerts AS alerts
WHERE
    arrayAll(
        word -> position(
            lowerUTF8(concat(
                alerts.alert_id, '\n',
                origin_dealer_id, '\n', origin_dealer_name, '\n',
                found_dealer_id, '\n', found_dealer_name, '\n',
                sku_id, '\n', sku_name, '\n',
                lot, '\n', arrayStringConcat(codes, '\n'))),
            word) > 0,
        splitByWhitespace(lowerUTF8({find: String})))
    OR (origin_dealer_id, core_case_region(found_adcode, found_territory_id), sku_id, lot) IN
        (
            SELECT signals.origin_dealer_id, signals.region, signals.sku_id, signals.lot
            FROM {{database}}.mart_diversion_signals AS signals
            WHERE signals.item = core_item_key({find: String})
        )
COMMENT 'Cases of diversion that a text leads to: ids and names of dealers and product, lots, codes'
