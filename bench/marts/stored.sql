-- Rows and bytes of the ledgers and of their reading order.
SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts
FROM system.parts
WHERE active AND database = currentDatabase() AND table IN ('raw_orders', 'raw_orders_by_key', 'raw_scans', 'raw_scans_by_key')
GROUP BY table
