CREATE OR REPLACE VIEW mart_rebate_split {{on_cluster}}
(
    program_id LowCardinality(String) COMMENT 'the programme',
    earned_by LowCardinality(String) COMMENT 'the dealer whose purchases earned the pool',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money',
    period LowCardinality(String) COMMENT 'month or quarter',
    period_start Date32 COMMENT 'first local day of the period',
    pool Decimal(38, 6) COMMENT 'the rebate that is divided',
    chain Array(String) COMMENT 'the dealer, its parent, the parent''s parent ... up to HQ, as of the end of the period',
    level UInt8 COMMENT 'place in the chain: 0 is the dealer that earned it',
    dealer_id LowCardinality(String) COMMENT 'who gets the part',
    share_pct Decimal(38, 4) COMMENT 'its share, percent; levels above the chain fall to its last member',
    amount Decimal(38, 6) COMMENT 'its part; the parts sum to the pool exactly (largest remainder in the smallest unit of the currency)',
    reason String COMMENT 'why the chain ends at the dealer that earned it though its parents are not known; empty = they are'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    pools AS
    (
        SELECT
            program_id, mart_rebates.dealer_id AS earner, currency, period, period_start, amount AS pool,
            least(toDateTime64(toString(period_end), 3, '{{time_zone}}') - INTERVAL 1 MILLISECOND, now64(3, 'UTC')) AS as_of,
            arrayFold((path, _) -> if(
                    ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(path[-1]), as_of), '') IN ('', 'HQ')
                        OR has(path, ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(path[-1]), as_of), '')),
                    path,
                    arrayPushBack(path, ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(path[-1]), as_of), ''))),
                range(16), [CAST(earner, 'String')]) AS chain,
            if(empty(split), [(toUInt8(0), toDecimal128(100, 4))], arrayMap(s -> (s.1, toDecimal128(s.2, 4)), split)) AS shares,
            toInt256(multiIf(
                currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'), 1000000,
                currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'), 1000, 10000)) AS unit,
            intDiv(toInt256(toDecimal256(amount, 6) * 1000000), unit) AS units,
            arraySort(arrayDistinct(arrayMap(s -> least(s.1, toUInt8(length(chain) - 1)), arrayFilter(s -> s.2 > 0, shares)))) AS places,
            arrayMap(p -> arraySum(arrayMap(s -> if(least(s.1, toUInt8(length(chain) - 1)) = p, s.2, toDecimal128(0, 4)), shares)), places) AS place_shares,
            arrayMap(s -> toInt256(toDecimal256(s, 4) * 10000), place_shares) AS weights,
            arrayMap(w -> intDiv(units * w, arraySum(weights)), weights) AS floors,
            arraySort((i, w) -> (-((units * w) % arraySum(weights)), i), arrayEnumerate(weights), weights) AS by_remainder,
            toInt64(units - arraySum(floors)) AS spare
        FROM mart_rebates
        WHERE amount > 0
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
COMMENT 'Rebates divided over the chain of the dealer''s parents (D16)'
