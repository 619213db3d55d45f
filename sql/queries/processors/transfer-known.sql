-- What was known until now of the codes noted for this run: the transfers that they came under.
SELECT suggestion_id, code, parent_code, from_dealer_id, to_dealer_id, received_at, units
FROM raw_transfer_codes FINAL
WHERE code IN (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64})
