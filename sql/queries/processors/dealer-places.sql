-- Name and division of each dealer, by the version that holds now, or the last that did.
SELECT
    dealer_id,
    argMax(name, valid_from) AS name,
    ifNull(argMax(ifNull(adcode, ''), valid_from), '') AS adcode
FROM core_dealers
WHERE effective_to > valid_from AND valid_from <= now64(3, 'UTC')
GROUP BY dealer_id
