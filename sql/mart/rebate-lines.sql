CREATE OR REPLACE VIEW mart_rebate_lines {{on_cluster}}
(
    program_id LowCardinality(String) COMMENT 'the programme',
    version_from DateTime64(3, 'UTC') COMMENT 'version of the programme, by its valid_from',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money',
    period LowCardinality(String) COMMENT 'month or quarter',
    period_start Date32 COMMENT 'first local day of the period',
    basis LowCardinality(String) COMMENT 'what the tiers count: net_sales or qty',
    basis_value Decimal(38, 9) COMMENT 'how much of it the period has',
    tier_from Decimal(38, 6) COMMENT 'the tier: from so much on',
    rate_pct Decimal(38, 6) COMMENT 'its rate, percent of net sales',
    counted Decimal(38, 9) COMMENT 'what of basis_value the rate is applied to',
    amount Decimal(38, 6) COMMENT 'what it earns; the lines of a rebate sum to it exactly'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    program_id,
    assumeNotNull(mart_rebates.version_from) AS version_from,
    dealer_id,
    currency,
    period,
    period_start,
    basis,
    basis_value,
    step.1 AS tier_from,
    step.2 AS rate_pct,
    step.3 AS counted,
    step.4 AS amount
FROM mart_rebates
ARRAY JOIN steps AS step
COMMENT 'The derivation of each rebate, one row per tier (D10): programme version, basis, tier, rate, amount'
