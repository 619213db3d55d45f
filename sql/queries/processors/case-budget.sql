-- Days of which cases are left out, as they are stored.
SELECT day, cases, surest
FROM raw_mart_case_budget FINAL
