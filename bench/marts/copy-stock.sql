-- One more copy of the simulated stock snapshots, of other dealers or of earlier days.
INSERT INTO raw_stock
SELECT * REPLACE
(
    concat(event_id, {tag: String}) AS event_id,
    concat(dealer_id, {dealers: String}) AS dealer_id,
    concat(location_id, {dealers: String}) AS location_id,
    event_time - INTERVAL {days: UInt32} DAY AS event_time,
    _offset + {offset: UInt64} AS _offset
)
FROM raw_stock
WHERE raw_stock._offset < {span: UInt64}
