-- Which figures are on, and what the others lack.
-- clickhouse-client --user analyst --param_only_off=0 --queries-file modules.sql
SELECT definition, figure, views, is_on, reason
FROM mart_modules
WHERE {only_off: UInt8} = 0 OR NOT is_on
ORDER BY toUInt8(substring(definition, 2)), figure
