-- Fills the emptied mart with all that is known, one of so many parts.
-- clickhouse-client --param_version=1 --param_parts=1 --param_part=0
INSERT INTO raw_mart_order_lines
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM mart_order_lines_as_known(known_at = '2299-12-31', first_day = '1970-01-01', last_day = '2299-12-31')
WHERE cityHash64(dealer_id, order_id) % {parts: UInt32} = {part: UInt32}
