-- The engine of a table.
-- clickhouse-client --param_raw=raw_orders
SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = {raw: String}
