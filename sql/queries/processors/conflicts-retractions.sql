-- How many scans were declared errors, repeated declarations too.
SELECT toUInt32(count()) AS retractions FROM raw_scan_retractions
