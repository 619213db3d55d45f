-- Which days of which dealers new deliveries touch, and the UTC days that those local days reach into.
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['order', 'product'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    dirty AS
    (
        SELECT toDate32(event_time, {time_zone: String}) AS day, dealer_id
        FROM raw_orders
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION DISTINCT
        -- An earlier placing of a line takes it from the day that it counted on.
        SELECT toDate32(placed_at, {time_zone: String}) AS day, dealer_id
        FROM raw_mart_lines_placed_again
        WHERE (dealer_id, order_id, line_no) IN
            (SELECT dealer_id, order_id, line_no FROM raw_orders WHERE stage = 'placed' AND (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
        UNION DISTINCT
        -- A new version of a product tells another cost for days that are long past.
        SELECT day, dealer_id
        FROM raw_mart_sales_days FINAL
        WHERE (shipped_qty > 0 OR returned_qty > 0) AND sku_id IN
            (SELECT sku_id FROM raw_products WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
    )
SELECT count() AS buckets, groupUniqArrayArray(arrayMap(utc_day -> toString(utc_day), [day - 1, day, day + 1])) AS utc_days
FROM dirty
