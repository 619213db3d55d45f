-- Whether any rebate was paid for a period and not for an order: 1 or 0.
SELECT count() > 0 AS is_any
FROM (SELECT 1 FROM raw_money WHERE kind = 'rebate_payment' AND ifNull(order_id, '') = '' AND period IS NOT NULL LIMIT 1)
