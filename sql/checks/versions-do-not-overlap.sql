-- At no instant do two versions of one thing hold.
SELECT kind, id, valid_from, effective_to, next_valid_from
FROM
(
    SELECT
        kind, id, valid_from, effective_to,
        leadInFrame(valid_from, 1, effective_to) OVER (PARTITION BY kind, id ORDER BY valid_from ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_valid_from
    FROM
    (
        SELECT 'dealer' AS kind, toString(dealer_id) AS id, valid_from, effective_to FROM core_dealers
        UNION ALL
        SELECT 'product', toString(sku_id), valid_from, effective_to FROM core_products
        UNION ALL
        SELECT 'territory', toString(territory_id), valid_from, effective_to FROM core_territories
        UNION ALL
        SELECT 'price', concat(sku_id, '|', toString(tier), '|', territory_id, '|', currency), valid_from, effective_to FROM core_prices
        UNION ALL
        SELECT 'promotion', toString(promo_id), valid_from, effective_to FROM core_promotions
        UNION ALL
        SELECT 'rebate_program', toString(program_id), valid_from, effective_to FROM core_rebate_programs
    )
    WHERE effective_to > valid_from
)
WHERE next_valid_from < effective_to
ORDER BY ALL
LIMIT 100
