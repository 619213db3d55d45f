-- One more copy of the simulated orders, of other dealers (`dealers` is their suffix) or of earlier days, after the offsets of all before it.
INSERT INTO raw_orders
SELECT * REPLACE
(
    concat(event_id, {tag: String}) AS event_id,
    concat(dealer_id, {dealers: String}) AS dealer_id,
    concat(order_id, {tag: String}) AS order_id,
    if(ifNull(supplier_id, 'HQ') = 'HQ', supplier_id, concat(supplier_id, {dealers: String})) AS supplier_id,
    requested_date - {days: UInt32} AS requested_date,
    event_time - INTERVAL {days: UInt32} DAY AS event_time,
    _offset + {offset: UInt64} AS _offset
)
FROM raw_orders
WHERE raw_orders._offset < {span: UInt64}
