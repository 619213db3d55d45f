-- All that mart_dealer_signals says of prices, in one number that does not depend on the order of rows.
SELECT toString(groupBitXor(sipHash64(toString(tuple(* EXCEPT (version, is_deleted)))))) AS hash, count() AS rows
FROM raw_mart_dealer_signals FINAL
WHERE kind = 'below_floor'
