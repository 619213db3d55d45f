-- Cases as the contract's alerts, JSON, the last raised first; "" and null leave a filter out.
-- Those that are part of the case `merged_into`; '' = those that are part of none.
-- clickhouse-client --param_merged_into= --param_state=open --param_kind= --param_from='\N' --param_to='\N' --param_after_raised_at='\N' --param_after_alert_id= --param_limit=50
SELECT alert
FROM mart_diversion_alerts
WHERE merged_into = {merged_into: String}
  AND ({state: String} = '' OR state = {state: String})
  AND ({kind: String} = '' OR has(kinds, {kind: String}))
  AND raised_at >= ifNull(parseDateTime64BestEffortOrNull({from: Nullable(String)}, 3, 'UTC'), toDateTime64('1970-01-01', 3, 'UTC'))
  AND raised_at < ifNull(parseDateTime64BestEffortOrNull({to: Nullable(String)}, 3, 'UTC'), toDateTime64('2299-01-01', 3, 'UTC'))
  AND ({after_raised_at: Nullable(String)} IS NULL
       OR (raised_at, alert_id) < (ifNull(parseDateTime64BestEffortOrNull({after_raised_at: Nullable(String)}, 3, 'UTC'), toDateTime64('2299-01-01', 3, 'UTC')), {after_alert_id: String}))
ORDER BY raised_at DESC, alert_id DESC
LIMIT {limit: UInt32}
