-- Where the books and the snapshots differ by at least so many units.
-- clickhouse-client --user analyst --param_units_min=10 --queries-file channel-stock-differences.sql
SELECT dealer_id, sku_id, book_at_snapshot_qty, snapshot_qty, difference_qty, snapshot_at
FROM mart_channel_stock
WHERE abs(difference_qty) >= {units_min: Decimal(18, 3)}
ORDER BY abs(difference_qty) DESC
LIMIT 1000
