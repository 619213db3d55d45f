-- What came to a dealer is as many units by age as by the books, and none of it came from HQ after it came to the dealer. A day brings what was
-- shipped less what went back, but no less than dealers passed on; and no dealer passes on more than was shipped from it, or less than was kept of that.
WITH
    days AS
    (
        SELECT dealer_id, sku_id, day, sum(net) AS booked, sum(came) AS aged, sum(passed) AS passed_on, sum(younger) AS too_young
        FROM
        (
            SELECT toString(dealer_id) AS dealer_id, toString(sku_id) AS sku_id, day, shipped_qty - returned_qty AS net, toDecimal128(0, 3) AS came, toDecimal128(0, 3) AS passed, toDecimal128(0, 3) AS younger
            FROM mart_sales_days
            WHERE shipped_qty != 0 OR returned_qty != 0
            UNION ALL
            SELECT
                toString(dealer_id), toString(sku_id), came_day, toDecimal128(0, 3), units,
                if(passed_by != '', units, toDecimal128(0, 3)), if(since_day > came_day, units, toDecimal128(0, 3))
            FROM raw_receipt_lots
        )
        GROUP BY dealer_id, sku_id, day
    ),
    gifts AS
    (
        SELECT dealer_id, sku_id, giver, sum(sent) AS shipped_units, sum(went_back) AS returned_units, sum(came) AS aged_units
        FROM
        (
            SELECT
                toString(dealer_id) AS dealer_id, toString(sku_id) AS sku_id, toString(assumeNotNull(supplied_by)) AS giver,
                toDecimal128(if(stage = 'shipped', qty, 0), 3) AS sent, toDecimal128(if(stage = 'returned', qty, 0), 3) AS went_back, toDecimal128(0, 3) AS came
            FROM core_orders
            WHERE stage IN ('shipped', 'returned') AND supplied_by IS NOT NULL AND supplied_by != 'HQ'
            UNION ALL
            SELECT toString(dealer_id), toString(sku_id), passed_by, toDecimal128(0, 3), toDecimal128(0, 3), units
            FROM raw_receipt_lots
            WHERE passed_by != ''
        )
        GROUP BY dealer_id, sku_id, giver
    )
SELECT dealer_id, sku_id, '' AS passed_by, toString(day) AS came_day, greatest(booked, passed_on, toDecimal128(0, 3)) AS booked_units, aged AS aged_units
FROM days
WHERE aged_units != booked_units OR too_young != 0
UNION ALL
SELECT dealer_id, sku_id, giver, '', shipped_units, gifts.aged_units
FROM gifts
WHERE gifts.aged_units > shipped_units OR gifts.aged_units < shipped_units - returned_units
ORDER BY ALL
LIMIT 100
