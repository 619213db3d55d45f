-- mart_rebate_split of some dealers: only what they bought is read. With [] it is that of all.
-- SELECT * FROM raw_rebate_split_of(dealers = ['D1'])
CREATE OR REPLACE VIEW raw_rebate_split_of {{on_cluster}}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- Step by step, as in raw_rebates_of.
    earned AS
    (
        SELECT
            program_id, rebates.dealer_id AS earner, currency, period, period_start, amount AS pool, split,
            least(toDateTime64(toString(period_end), 3, '{{time_zone}}') - INTERVAL 1 MILLISECOND, now64(3, 'UTC')) AS as_of,
            toInt256(multiIf(
                currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'), 1000000,
                currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'), 1000, 10000)) AS unit
        FROM {{database}}.raw_rebates_of(dealers = {dealers: Array(String)}) AS rebates
        WHERE amount > 0
    ),
    chained AS
    (
        SELECT
            *,
            arrayFold((path, _) -> if(
                    ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(path[-1]), as_of), '') IN ('', 'HQ')
                        OR has(path, ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(path[-1]), as_of), '')),
                    path,
                    arrayPushBack(path, ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(path[-1]), as_of), ''))),
                range(16), [CAST(earner, 'String')]) AS chain,
            if(empty(split), [(toUInt8(0), toDecimal128(100, 4))], arrayMap(s -> (s.1, toDecimal128(s.2, 4)), split)) AS shares,
            intDiv(toInt256(toDecimal256(pool, 6) * 1000000), unit) AS units
        FROM earned
    ),
    placed AS
    (
        SELECT
            *, toUInt8(length(chain) - 1) AS last_place,
            arraySort(arrayDistinct(arrayMap(s -> least(s.1, last_place), arrayFilter(s -> s.2 > 0, shares)))) AS places
        FROM chained
    ),
    weighed AS
    (
        SELECT
            *,
            arrayMap(p -> arraySum(arrayMap(s -> if(least(s.1, last_place) = p, s.2, toDecimal128(0, 4)), shares)), places) AS place_shares
        FROM placed
    ),
    divided AS
    (
        SELECT *, arrayMap(s -> toInt256(toDecimal256(s, 4) * 10000), place_shares) AS weights, arraySum(weights) AS weight
        FROM weighed
    ),
    pools AS
    (
        SELECT
            *,
            arrayMap(w -> intDiv(units * w, weight), weights) AS floors,
            arraySort((i, w) -> (-((units * w) % weight), i), arrayEnumerate(weights), weights) AS by_remainder,
            toInt64(units - arraySum(floors)) AS spare
        FROM divided
    )
SELECT
    program_id,
    earner AS earned_by,
    currency,
    period,
    period_start,
    pool,
    chain,
    place AS level,
    chain[place + 1] AS dealer_id,
    share AS share_pct,
    toDecimal128(toDecimal256((part + (indexOf(by_remainder, i) <= spare)) * unit, 6) / 1000000, 6) AS amount,
    if(isNull(dictGet('raw_dealer_versions', 'status', tuple(earner), as_of)), 'no version of the dealer was valid then: its parents are not known', '') AS reason
FROM pools
ARRAY JOIN places AS place, place_shares AS share, floors AS part, arrayEnumerate(places) AS i
COMMENT 'mart_rebate_split of the dealers that are named; [] = of all'
