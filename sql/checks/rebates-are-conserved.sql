-- The steps of a rebate and its parts over the dealer's chain each sum to it, to the last digit.
SELECT program_id, dealer_id, currency, rebates.period AS period, period_start, amount, arraySum(arrayMap(step -> step.4, steps)) AS steps_sum, parts.whole AS parts_sum
FROM mart_rebates AS rebates
LEFT JOIN
(
    SELECT program_id, earned_by, currency, period, period_start, sum(mart_rebate_split.amount) AS whole
    FROM mart_rebate_split
    GROUP BY program_id, earned_by, currency, period, period_start
) AS parts ON parts.program_id = rebates.program_id AND parts.earned_by = rebates.dealer_id AND parts.currency = rebates.currency AND parts.period = rebates.period AND parts.period_start = rebates.period_start
WHERE amount != steps_sum OR amount != parts_sum
ORDER BY ALL
LIMIT 100
