-- One more copy of the simulated scans: other codes, of other dealers or of earlier days.
INSERT INTO raw_scans
SELECT * REPLACE
(
    concat(event_id, {tag: String}) AS event_id,
    if(dealer_id IN ('', 'HQ'), dealer_id, concat(dealer_id, {dealers: String})) AS dealer_id,
    concat(code, {tag: String}) AS code,
    concat(parent_code, {tag: String}) AS parent_code,
    concat(to_dealer_id, {dealers: String}) AS to_dealer_id,
    event_time - INTERVAL {days: UInt32} DAY AS event_time,
    _offset + {offset: UInt64} AS _offset
)
FROM raw_scans
WHERE raw_scans._offset < {span: UInt64}
