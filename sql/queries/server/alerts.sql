-- Cases as the contract's alerts, JSON, with the names of their dealers and product, in the order of `sort`: newest, value or confidence, the
-- highest first, by id where that is the same. "", [] and null leave a filter out; `found` is the beginning of an adcode.
-- Those that are part of the case `merged_into`, '' = those that are part of none; or, whatever they are part of, only those `among`.
-- A page begins behind `after_place` (of values in billionths), which is the place of the last case of the page before: models/contract/case-order.ts.
-- clickhouse-client --param_sort=newest --param_merged_into= --param_among="[]" --param_state=open --param_severity= --param_kind= --param_found= --param_find= --param_from='\N' --param_to='\N' --param_after_place= --param_after_alert_id= --param_limit=50
WITH
    multiIf(
        {sort: String} = 'value', toInt128(value * 1000000000),
        {sort: String} = 'confidence', toInt128(floor(confidence * 1000000000)),
        toInt128(toUnixTimestamp64Milli(raised_at))) AS place
SELECT alert, origin_dealer_name, origin_adcode, found_dealer_name, sku_name
FROM mart_diversion_alerts
WHERE (merged_into = {merged_into: String} OR notEmpty({among: Array(String)}))
  AND (empty({among: Array(String)}) OR alert_id IN {among: Array(String)})
  AND ({state: String} = '' OR state = {state: String})
  AND ({severity: String} = '' OR severity = {severity: String})
  AND ({kind: String} = '' OR has(kinds, {kind: String}))
  AND startsWith(found_adcode, {found: String})
  AND ({find: String} = '' OR alert_id IN (SELECT alert_id FROM mart_diversion_cases_found(find = {find: String})))
  AND raised_at >= ifNull(parseDateTime64BestEffortOrNull({from: Nullable(String)}, 3, 'UTC'), toDateTime64('1970-01-01', 3, 'UTC'))
  AND raised_at < ifNull(parseDateTime64BestEffortOrNull({to: Nullable(String)}, 3, 'UTC'), toDateTime64('2299-01-01', 3, 'UTC'))
  AND ({after_place: String} = '' OR (place, alert_id) < (toInt128OrZero({after_place: String}), {after_alert_id: String}))
ORDER BY place DESC, alert_id DESC
LIMIT {limit: UInt32}
