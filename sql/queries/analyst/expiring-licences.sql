-- Licences that expire within so many days, or have.
-- clickhouse-client --user analyst --param_days=60 --queries-file expiring-licences.sql
SELECT dealer_id, licence_expires, days_left, state
FROM mart_licences
WHERE days_left <= {days: Int32}
ORDER BY days_left
