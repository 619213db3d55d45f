-- The times that a line may stand in each stage, seconds: the same as processors/settings/order-stage-sla.json (a test compares them).
CREATE OR REPLACE VIEW mart_stage_limits {{on_cluster}}
(
    stage LowCardinality(String) COMMENT 'the stage',
    limit_s UInt32 COMMENT 'how long a line may stand in it (SLA), seconds'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    entry.1 AS stage,
    toUInt32(entry.2) AS limit_s
FROM
(
    SELECT arrayJoin(
    [
        ('placed', 14400),
        ('confirmed', 14400),
        ('rework', 86400),
        ('finance_review', 86400),
        ('approved', 28800),
        ('allocated', 86400),
        ('shipped', 432000)
    ]) AS entry
)
COMMENT 'How long order lines may stand in each stage (D20)'
