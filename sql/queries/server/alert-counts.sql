-- How many cases fit the filters (facet 'all'), and how many would for each state, severity, kind and province if its own filter chose that.
-- Filters as those of alerts.sql.
-- clickhouse-client --param_merged_into= --param_state=open --param_severity= --param_kind= --param_found= --param_find= --param_from='\N' --param_to='\N'
WITH
    {state: String} = '' OR state = {state: String} AS has_state,
    {severity: String} = '' OR severity = {severity: String} AS has_severity,
    {kind: String} = '' OR has(kinds, {kind: String}) AS has_kind,
    startsWith(found_adcode, {found: String}) AS has_place
SELECT counted.1 AS facet, counted.2 AS value, count() AS cases
FROM mart_diversion_alerts
ARRAY JOIN arrayConcat(
    if(has_state AND has_severity AND has_kind AND has_place, [('all', '')], []),
    if(has_severity AND has_kind AND has_place, [('state', toString(state))], []),
    if(has_state AND has_kind AND has_place, [('severity', toString(severity))], []),
    if(has_state AND has_severity AND has_place, arrayMap(kind -> ('kind', toString(kind)), kinds), []),
    if(has_state AND has_severity AND has_kind AND found_adcode != '', [('found', concat(substring(found_adcode, 1, 2), '0000'))], [])) AS counted
WHERE merged_into = {merged_into: String}
  AND ({find: String} = '' OR alert_id IN (SELECT alert_id FROM mart_diversion_cases_found(find = {find: String})))
  AND raised_at >= ifNull(parseDateTime64BestEffortOrNull({from: Nullable(String)}, 3, 'UTC'), toDateTime64('1970-01-01', 3, 'UTC'))
  AND raised_at < ifNull(parseDateTime64BestEffortOrNull({to: Nullable(String)}, 3, 'UTC'), toDateTime64('2299-01-01', 3, 'UTC'))
GROUP BY facet, value
ORDER BY facet, value
