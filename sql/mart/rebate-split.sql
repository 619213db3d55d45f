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
SELECT
    program_id,
    rebates.dealer_id AS earned_by,
    currency,
    period,
    period_start,
    rebates.amount AS pool,
    chain,
    part.1 AS level,
    part.2 AS dealer_id,
    part.3 AS share_pct,
    part.4 AS amount,
    rebates.chain_reason AS reason
FROM {{database}}.raw_rebate_split_of(dealers = [], first_day = '1900-01-01', end_day = '2299-12-31') AS rebates
ARRAY JOIN parts AS part
COMMENT 'Rebates divided over the chain of the dealer''s parents (D16)'
