CREATE OR REPLACE VIEW mart_onboarding_active {{on_cluster}}
(
    wave LowCardinality(String) COMMENT 'roll-out wave; empty = none',
    day_n UInt64 COMMENT 'days since the contract: 7, 14, 30, 60 or 90',
    dealers UInt64 COMMENT 'dealers whose contract is at least so old',
    active UInt64 COMMENT 'of them those that had placed an order by that day',
    active_share Nullable(Float64) COMMENT 'active / dealers, 0-1; null where no contract is so old',
    reason String COMMENT 'why it is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    wave,
    toUInt64(n) AS day_n,
    countIf(contracted_at <= now64(3, 'UTC') - toIntervalDay(n)) AS dealers,
    countIf(contracted_at <= now64(3, 'UTC') - toIntervalDay(n) AND first_order_at <= contracted_at + toIntervalDay(n)) AS active,
    active / nullIf(dealers, 0) AS active_share,
    if(dealers > 0, '', 'no contract is so old') AS reason
FROM mart_onboarding
ARRAY JOIN [7, 14, 30, 60, 90] AS n
GROUP BY wave, day_n
COMMENT 'Share of dealers that are active by day N after their contract (D15)'
