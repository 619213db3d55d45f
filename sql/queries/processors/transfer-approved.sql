-- How many transfers anybody ever approved: without one there is nothing to ask of codes.
SELECT uniqExact(suggestion_id) AS transfers
FROM raw_mart_suggestion_decisions
WHERE startsWith(suggestion_id, 'tr:') AND decision IN ('accepted', 'edited')
