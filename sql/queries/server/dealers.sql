-- Dealers as they stand now, the best score first, those without one last; "" leaves the search out, which looks into id and name.
-- `after` is the place of the last row of the page before: its score (101 less it, 102 without one) and its id.
-- clickhouse-client --param_find= --param_after="[]" --param_limit=50
WITH
    scored AS
    (
        SELECT
            dealers.dealer_id AS dealer_id, name, tier, ifNull(adcode, '') AS adcode, territory_id, status, ifNull(wave, '') AS wave,
            score, known_weight, if(score IS NULL, 102., 101. - score) AS place
        FROM core_dealers AS dealers
        LEFT JOIN mart_dealer_score AS scores ON scores.dealer_id = dealers.dealer_id
        WHERE is_current
            AND ({find: String} = '' OR positionCaseInsensitiveUTF8(dealers.dealer_id, {find: String}) > 0 OR positionCaseInsensitiveUTF8(name, {find: String}) > 0)
    )
SELECT * EXCEPT place
FROM scored
WHERE empty({after: Array(String)}) OR (place, toString(dealer_id)) > (toFloat64OrZero({after: Array(String)}[1]), {after: Array(String)}[2])
ORDER BY place, toString(dealer_id)
LIMIT {limit: UInt32}
SETTINGS join_use_nulls = 1
