-- Programmes and dealers that may have rebates, in the order of the list, from a place on: so a page computes its own dealers only.
-- clickhouse-client --param_dealer_id= --param_program_id= --param_from="['','']" --param_is_inside=1 --param_limit=50
SELECT toString(programs.program_id) AS program_id, toString(dealers.dealer_id) AS dealer_id
FROM
(
    SELECT DISTINCT toString(p.program_id) AS program_id FROM raw_rebate_programs AS p
    UNION DISTINCT
    SELECT DISTINCT toString(ifNull(m.program_id, '')) AS program_id FROM raw_money AS m WHERE m.program_id IS NOT NULL
) AS programs
CROSS JOIN
(
    SELECT DISTINCT toString(s.dealer_id) AS dealer_id FROM raw_mart_dealer_sales AS s
    UNION DISTINCT
    SELECT DISTINCT toString(m.dealer_id) AS dealer_id FROM raw_money AS m WHERE m.program_id IS NOT NULL
) AS dealers
WHERE ({dealer_id: String} = '' OR dealers.dealer_id = {dealer_id: String})
  AND ({program_id: String} = '' OR programs.program_id = {program_id: String})
  AND ((programs.program_id, dealers.dealer_id) > ({from: Array(String)}[1], {from: Array(String)}[2])
    -- A page may end among the periods of one dealer.
    OR ({is_inside: UInt8} = 1 AND (programs.program_id, dealers.dealer_id) = ({from: Array(String)}[1], {from: Array(String)}[2])))
ORDER BY program_id, dealer_id
LIMIT {limit: UInt32}
