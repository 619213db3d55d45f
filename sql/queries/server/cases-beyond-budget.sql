-- How many cases are not raised, since others of the same day are surer and fill the budget of investigators.
SELECT toUInt32(sum(cases)) AS cases
FROM mart_case_budget
