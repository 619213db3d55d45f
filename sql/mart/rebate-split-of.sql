-- raw_rebates_of, each row with its parts over the dealer's chain: level, dealer, share, amount. mart_rebate_split has a row for each part.
-- SELECT * FROM raw_rebate_split_of(dealers = ['D1'], first_day = '1900-01-01', end_day = '2299-12-31')
CREATE OR REPLACE VIEW raw_rebate_split_of {{on_cluster}}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- Step by step, as in raw_rebates_of.
    earned AS
    (
        SELECT
            *, least(toDateTime64(toString(period_end), 3, '{{time_zone}}') - INTERVAL 1 MILLISECOND, now64(3, 'UTC')) AS as_of
        FROM {{database}}.raw_rebates_of(dealers = {dealers: Array(String)}, first_day = {first_day: Date32}, end_day = {end_day: Date32})
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
                range(16), [CAST(dealer_id, 'String')]) AS chain,
            if(empty(split), [(toUInt8(0), toDecimal128(100, 4))], arrayMap(s -> (s.1, toDecimal128(s.2, 4)), split)) AS shares
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
            arrayMap(w -> intDiv(amount_units * w, weight), weights) AS floors,
            arraySort((i, w) -> (-((amount_units * w) % weight), i), arrayEnumerate(weights), weights) AS by_remainder,
            toInt64(amount_units - arraySum(floors)) AS spare
        FROM divided
    )
SELECT
    program_id,
    dealer_id,
    currency,
    period,
    period_start,
    period_end,
    is_over,
    version_from,
    basis,
    retroactive,
    tiers,
    net_sales,
    qty,
    amount,
    claimed,
    booked,
    difference,
    reason,
    chain,
    if(amount > 0,
        arrayMap((place, share, part, i) -> (place, chain[place + 1], share,
            toDecimal128(toDecimal256((part + (indexOf(by_remainder, i) <= spare)) * unit, 9) / 1000000000, 6)), places, place_shares, floors, arrayEnumerate(places)),
        []) AS parts,
    if(isNull(dictGet('raw_dealer_versions', 'status', tuple(dealer_id), as_of)), 'no version of the dealer was valid then: its parents are not known', '') AS chain_reason
FROM pools
COMMENT 'raw_rebates_of, each rebate with its parts over the chain'
