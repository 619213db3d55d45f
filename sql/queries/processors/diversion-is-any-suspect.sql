-- How many codes of this run are to be read whole.
SELECT count() AS suspects FROM raw_suspect_codes WHERE version = {version: UInt64}
