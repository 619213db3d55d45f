-- Which rows of the wallboard each processor has published.
SELECT topic, processor, key, row
FROM raw_live_rows FINAL
