-- Takes what is said of prices out of the signals about dealers, before it is made anew; what is said of habits stays.
DELETE FROM raw_mart_dealer_signals WHERE kind = 'below_floor' SETTINGS lightweight_deletes_sync = 2
