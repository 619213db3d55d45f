-- All that mart_diversion_signals says, in one number that does not depend on the order of rows.
SELECT toString(groupBitXor(sipHash64(toString(tuple(* EXCEPT (version, is_deleted)))))) AS hash, count() AS rows
FROM raw_mart_diversion_signals FINAL
