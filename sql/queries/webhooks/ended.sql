-- Of which cases a target is owed that they are none, or no longer rest on anything: those that it was told of, and that were withdrawn
-- since, or have lapsed while somebody works on them or has confirmed them. Each once for each time that it happens; of what happened more than a week
-- ago nothing is begun any more. The columns are those of diversion-cases.sql.
-- clickhouse-client --param_target=duty --param_now=2026-11-24T12:00:00Z --param_limit=20
WITH
    told AS
    (
        SELECT alert_id, state, severity, visit, status, attempts, raised_at, attempted_at, next_at
        FROM raw_webhook_deliveries FINAL
        WHERE target = {target: String}
    ),
    latest AS
    (
        SELECT *
        FROM raw_mart_diversion_cases
        WHERE alert_id IN (SELECT alert_id FROM told WHERE status = 'delivered')
        ORDER BY version DESC
        LIMIT 1 BY alert_id
    ),
    ended AS
    (
        SELECT
            *,
            if(is_deleted = 1, 'withdrawn', 'lapsed') AS what,
            if(is_deleted = 1, fromUnixTimestamp64Milli(toInt64(version), 'UTC'), assumeNotNull(lapsed_at)) AS at
        FROM latest
        WHERE is_deleted = 1 OR (lapsed_at IS NOT NULL AND state NOT IN ('dismissed', 'closed'))
    ),
    -- How often the same had been told before: of a case that was raised before, or before it lapsed this time.
    visits AS
    (
        SELECT
            ended.alert_id AS alert_id,
            toUInt32(countIf(told.state = ended.what AND if(is_deleted = 1, told.raised_at < ended.raised_at, told.attempted_at < ended.at))) AS visit
        FROM ended
        INNER JOIN told ON told.alert_id = ended.alert_id
        GROUP BY alert_id
    )
SELECT
    ended.alert_id AS alert_id, ended.state AS state, ended.severity AS severity, kinds, confidence, origin_dealer_id, found_dealer_id,
    found_adcode, sku_id, lot, units, value, currency, codes, first_event_time, last_event_time, ended.raised_at AS raised_at, updated_at, assignee, reason,
    lapsed_at, merged_into, member_ids,
    what, at, visits.visit AS visit, mine.attempts AS attempts
FROM ended
INNER JOIN visits ON visits.alert_id = ended.alert_id
LEFT JOIN told AS mine
    ON mine.alert_id = ended.alert_id AND mine.state = ended.what AND mine.severity = ended.severity AND mine.visit = visits.visit
WHERE (mine.status = '' AND ended.at > {now: DateTime64(3, 'UTC')} - INTERVAL 7 DAY)
   OR (mine.status = 'waiting' AND mine.next_at <= {now: DateTime64(3, 'UTC')})
ORDER BY at, alert_id
LIMIT {limit: UInt32}
