-- All that mart_feed_arrivals says, in one number that does not depend on the order of rows.
SELECT toString(groupBitXor(sipHash64(toString(tuple(* EXCEPT (lag, version), finalizeAggregation(lag)))))) AS hash, count() AS rows
FROM raw_mart_feed_arrivals FINAL
