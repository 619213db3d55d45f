-- The simulated dealers once more under other names, in the same places and territories.
INSERT INTO raw_dealers
SELECT * REPLACE
(
    concat(event_id, {tag: String}) AS event_id,
    concat(dealer_id, {dealers: String}) AS dealer_id,
    if(ifNull(parent_dealer_id, '') = '', parent_dealer_id, concat(parent_dealer_id, {dealers: String})) AS parent_dealer_id,
    _offset + {offset: UInt64} AS _offset
)
FROM raw_dealers
WHERE raw_dealers._offset < {span: UInt64}
