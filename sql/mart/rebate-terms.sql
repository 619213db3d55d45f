-- The versions of rebate programmes with the local days that each counts: all on which it was valid, its last one too, at whatever hour it
-- ended. A day on which another one began is that one's.
CREATE OR REPLACE VIEW raw_rebate_terms {{on_cluster}}
(
    program_id LowCardinality(String) COMMENT 'the programme',
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which the version holds',
    basis LowCardinality(String) COMMENT 'what its tiers count: net_sales or qty',
    kind LowCardinality(String) COMMENT 'how long it counts: month or quarter',
    tiers Array(Tuple(`from` Decimal(18, 3), rate_pct Decimal(9, 4))) COMMENT 'ascending: from what money or quantity which rate holds, percent',
    retroactive Bool COMMENT 'the reached rate holds for the whole period, not only above the step',
    split Array(Tuple(level UInt8, share_pct Decimal(9, 4))) COMMENT 'shares over the chain of parents, percent; empty = all to the dealer',
    first_held Date32 COMMENT 'first local day that it counts',
    last_held Date32 COMMENT 'last local day that it counts'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    program_id, valid_from, basis, core_rebate_programs.period AS kind, tiers, retroactive, split,
    toDate32(valid_from, '{{time_zone}}') AS first_held,
    least(
        toDate32(subtractMilliseconds(effective_to, 1), '{{time_zone}}'),
        leadInFrame(toDate32(valid_from, '{{time_zone}}'), 1, toDate32('2299-12-31')) OVER
            (PARTITION BY program_id ORDER BY valid_from ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) - 1) AS last_held
FROM core_rebate_programs
WHERE effective_to > valid_from
COMMENT 'the versions of rebate programmes with the local days that each counts'
