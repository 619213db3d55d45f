CREATE OR REPLACE VIEW mart_adoption {{on_cluster}}
(
    k UInt64 COMMENT 'actions from which a dealer counts as active: 1, 5, 10, 20 or 50',
    contracted UInt64 COMMENT 'dealers contracted or active now',
    active UInt64 COMMENT 'of them those with at least k actions in the last 28 days',
    adoption Nullable(Float64) COMMENT 'active / contracted, 0-1; null without contracted dealers',
    reason String COMMENT 'why adoption is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH counts AS (SELECT groupArray(actions) AS list FROM mart_dealer_actions)
SELECT
    toUInt64(at_least) AS k,
    length(list) AS contracted,
    toUInt64(arrayCount(n -> n >= at_least, list)) AS active,
    if(contracted > 0, active / contracted, NULL) AS adoption,
    if(contracted > 0, '', 'no dealer is contracted') AS reason
FROM counts
ARRAY JOIN [1, 5, 10, 20, 50] AS at_least
COMMENT 'Adoption (D22): dealers with at least k actions in 28 days / contracted dealers'
