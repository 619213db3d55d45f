-- One more copy of the simulated scans: other codes, of other dealers or of earlier days. They have the form of the simulated ones: a case has
-- another SSCC (whose check digit no statement reads), a unit another serial number.
INSERT INTO raw_scans
WITH
    another -> concat(
        substring(another, 1, length(another) - 10),
        leftPad(toString(toUInt64OrZero(substring(another, -10, 9)) + 1000000 * {copy: UInt64}), 9, '0'),
        substring(another, -1)) AS case_of_copy
SELECT * REPLACE
(
    concat(event_id, {tag: String}) AS event_id,
    if(dealer_id IN ('', 'HQ'), dealer_id, concat(dealer_id, {dealers: String})) AS dealer_id,
    if(position(code, '/00/') > 0, case_of_copy(code), concat(code, {tag: String})) AS code,
    if(position(parent_code, '/00/') > 0, case_of_copy(parent_code), concat(parent_code, {tag: String})) AS parent_code,
    concat(to_dealer_id, {dealers: String}) AS to_dealer_id,
    event_time - INTERVAL {days: UInt32} DAY AS event_time,
    _offset + {offset: UInt64} AS _offset
)
FROM raw_scans
WHERE raw_scans._offset < {span: UInt64}
