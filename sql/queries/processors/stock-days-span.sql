-- Local days in which all snapshots lie, and how many there are.
SELECT toString(toDate32(min(event_time)) - 1) AS first_day, toString(toDate32(max(event_time)) + 1) AS last_day, count() AS snapshots
FROM raw_stock_by_key
