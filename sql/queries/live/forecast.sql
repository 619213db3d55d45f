-- The rows of the live topic forecast as they were last published: key, row (JSON), and the event time up to which all of them hold.
SELECT key, row, max(as_of) OVER () AS as_of
FROM raw_live_rows FINAL
WHERE topic = 'forecast'
ORDER BY key
