CREATE OR REPLACE VIEW mart_rebates {{on_cluster}}
(
    program_id LowCardinality(String) COMMENT 'the programme',
    dealer_id LowCardinality(String) COMMENT 'the dealer that earned it',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money',
    period LowCardinality(String) COMMENT 'month or quarter',
    period_start Date32 COMMENT 'first local day of the period',
    period_end Date32 COMMENT 'first local day after it',
    is_over Bool COMMENT 'whether it has ended; before that the rebate grows with every shipment',
    version_from Nullable(DateTime64(3, 'UTC')) COMMENT 'version of the programme whose terms hold: the last one with such periods that was valid in this one, by its valid_from; null = none was',
    basis LowCardinality(String) COMMENT 'what the tiers count: net_sales or qty',
    retroactive Bool COMMENT 'the reached rate holds for all of the period, not only above the step',
    tiers Array(Tuple(`from` Decimal(18, 3), rate_pct Decimal(9, 4))) COMMENT 'the terms',
    split Array(Tuple(level UInt8, share_pct Decimal(9, 4))) COMMENT 'shares over the chain of parents; [] = all to the dealer',
    net_sales Decimal(38, 9) COMMENT 'shipped less returned, on days on which a version of the programme with such periods was valid, for a part of them at least',
    qty Decimal(38, 3) COMMENT 'the same in units',
    basis_value Decimal(38, 9) COMMENT 'net_sales or qty, as the basis says',
    steps Array(Tuple(tier_from Decimal(38, 6), rate_pct Decimal(38, 6), counted Decimal(38, 9), amount Decimal(38, 6))) COMMENT 'derivation: what of basis_value falls to each tier, and what that earns; the amounts sum to amount',
    amount Decimal(38, 6) COMMENT 'the rebate recomputed: exact, rounded once to the smallest unit of the currency, a half away from zero',
    claimed Nullable(Decimal(38, 6)) COMMENT 'rebate claims for programme and period; null where the feed of money is missing',
    booked Nullable(Decimal(38, 6)) COMMENT 'rebates paid and credit notes for programme and period; null where the feed of money is missing',
    difference Nullable(Decimal(38, 6)) COMMENT 'booked - amount; null while the period is not over, or where the feed of money is missing',
    reason String COMMENT 'why difference is null, or that no version of the programme was valid in the period; empty = neither'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
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
    split,
    net_sales,
    qty,
    basis_value,
    steps,
    amount,
    claimed,
    booked,
    difference,
    reason
FROM {{database}}.raw_rebates_of(dealers = [], first_day = '1900-01-01', end_day = '2299-12-31')
COMMENT 'Rebates of each programme, dealer and period, recomputed in exact decimals and held against what was claimed and booked (D10)'
