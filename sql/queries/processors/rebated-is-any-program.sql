-- Whether any rebate programme is known: 1 or 0.
SELECT count() > 0 AS is_any
FROM (SELECT 1 FROM raw_rebate_programs LIMIT 1)
