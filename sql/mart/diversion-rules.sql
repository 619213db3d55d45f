-- What people said of the cases that each kind of signal was part of: the rolling precision of the rules. A case counts by the last
-- verdict on it, also after it was closed, but not while it is taken up again; one that was dismissed as a duplicate says nothing about the rule. Merged cases are one: what
-- was said of their lead counts.
CREATE OR REPLACE VIEW mart_diversion_rules {{on_cluster}}
(
    kind LowCardinality(String) COMMENT 'the kind of signal',
    cases UInt64 COMMENT 'cases that rest on it, in whatever state',
    confirmed UInt64 COMMENT 'of these confirmed',
    dismissed UInt64 COMMENT 'of these dismissed, but not as a duplicate',
    undecided UInt64 COMMENT 'of these without a verdict that teaches',
    precision Nullable(Float64) COMMENT 'confirmed ÷ (confirmed + dismissed); null = no verdict yet',
    precision_90d Nullable(Float64) COMMENT 'the same of the verdicts of the last 90 days; null = none',
    reason String COMMENT 'why a precision is null; empty = neither is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    verdicts AS
    (
        SELECT
            alert_id,
            argMaxIf(
                (to_state, ifNull(reason, ''), moves.event_time), (moves.event_time, event_id),
                to_state IN ('confirmed', 'dismissed')) AS last
        FROM core_case_transitions AS moves
        GROUP BY alert_id
        HAVING argMax(to_state, (moves.event_time, event_id)) IN ('confirmed', 'dismissed', 'closed')
    ),
    judged AS
    (
        SELECT
            arrayJoin(kinds) AS kind,
            multiIf(
                last.1 = 'confirmed', 'confirmed',
                last.1 = 'dismissed' AND NOT (startsWith(lower(last.2), 'duplicate') OR startsWith(last.2, '重复')), 'dismissed',
                ''
            ) AS verdict,
            verdict != '' AND last.3 > now64(3, 'UTC') - toIntervalDay(90) AS is_recent
        FROM raw_mart_diversion_cases AS cases FINAL
        LEFT JOIN verdicts ON verdicts.alert_id = cases.alert_id
        WHERE merged_into = ''
    )
SELECT
    kind,
    count() AS cases,
    countIf(verdict = 'confirmed') AS confirmed,
    countIf(verdict = 'dismissed') AS dismissed,
    countIf(verdict = '') AS undecided,
    if(confirmed + dismissed = 0, NULL, confirmed / (confirmed + dismissed)) AS precision,
    if(countIf(is_recent) = 0, NULL, countIf(is_recent AND verdict = 'confirmed') / countIf(is_recent)) AS precision_90d,
    multiIf(precision IS NULL, 'no verdict yet', precision_90d IS NULL, 'no verdict in the last 90 days', '') AS reason
FROM judged
GROUP BY kind
COMMENT 'The rules of diversion by what people said of their cases (D14); what it says moves the confidence of further cases'
