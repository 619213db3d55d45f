CREATE OR REPLACE VIEW mart_licences {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'a dealer whose version valid now is contracted, active or suspended',
    licence_expires Nullable(Date32) COMMENT 'last day of its licence; null = not known',
    days_left Nullable(Int64) COMMENT 'local days until then; negative = expired',
    state LowCardinality(String) COMMENT 'expired, within 30 days, within 90 days, valid or unknown',
    reason String COMMENT 'why days_left is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    dealer_id,
    core_dealers.licence_expires AS licence_expires,
    dateDiff('day', toDate32(now64(3, 'UTC'), '{{time_zone}}'), licence_expires) AS days_left,
    multiIf(days_left IS NULL, 'unknown', days_left < 0, 'expired', days_left <= 30, 'within 30 days', days_left <= 90, 'within 90 days', 'valid') AS state,
    if(days_left IS NULL, 'the dealer''s version tells no licence', '') AS reason
FROM core_dealers
WHERE is_current AND status IN ('contracted', 'active', 'suspended')
COMMENT 'When dealers'' licences expire (D8)'
