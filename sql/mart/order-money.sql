CREATE OR REPLACE VIEW mart_order_money {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    order_id String COMMENT 'the order; empty = all documents of the dealer that name neither an order nor a rebate programme',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the amounts',
    ordered Decimal(38, 9) COMMENT 'value of its lines as placed first',
    cancelled Decimal(38, 9) COMMENT 'value cancelled',
    shipped Decimal(38, 9) COMMENT 'value shipped',
    returned Decimal(38, 9) COMMENT 'value returned',
    invoiced Decimal(38, 9) COMMENT 'invoices that name the order',
    credited Decimal(38, 9) COMMENT 'credit notes that name it, and no rebate programme',
    paid Decimal(38, 9) COMMENT 'payments that name it',
    ordered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last placing or cancelling; null = no order event has come',
    shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last shipment or return; null = none',
    invoiced_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last invoice or credit note; null = none',
    paid_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last payment or rebate; null = none',
    moved_step Array(LowCardinality(String)) COMMENT 'each of its movements, in no order: placed, cancelled, shipped, returned, invoice, credit_note, payment or rebate',
    moved_at Array(DateTime64(3, 'UTC')) COMMENT 'when each was',
    moved_amount Array(Decimal(38, 9)) COMMENT 'what each was worth',
    rebated Decimal(38, 9) COMMENT 'credit notes that name it and a rebate programme: they pay what is invoiced, and correct no invoice'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    ['placed', 'cancelled', 'shipped', 'returned', 'invoice', 'credit_note', 'payment', 'rebate'] AS names,
    -- A price has six decimals and a quantity three: nothing is cut off their product.
    movements AS
    (
        SELECT dealer_id, order_id, currency, toString(stage) AS step, qty * unit_price AS amount, event_time
        FROM core_orders
        WHERE stage IN ('placed', 'cancelled', 'shipped', 'returned')
          AND (stage != 'placed' OR (source, event_id) NOT IN (SELECT source, event_id FROM {{database}}.raw_later_placings(known_at = '2299-12-31', utc_days = [])))
        UNION ALL
        SELECT dealer_id, ifNull(core_money.order_id, '') AS order_id, currency, if(kind = 'credit_note' AND ifNull(program_id, '') != '', 'rebate', toString(kind)) AS step, toDecimal128(amount, 9) AS amount, event_time
        FROM core_money
        -- A credit note of a programme pays a rebate: mart_rebates matches it. Where it names an order too, it pays what that was invoiced.
        WHERE kind IN ('invoice', 'credit_note', 'payment') AND (ifNull(core_money.order_id, '') != '' OR ifNull(program_id, '') = '')
    )
SELECT
    dealer_id,
    order_id,
    currency,
    sumIf(amount, step = 'placed') AS ordered,
    sumIf(amount, step = 'cancelled') AS cancelled,
    sumIf(amount, step = 'shipped') AS shipped,
    sumIf(amount, step = 'returned') AS returned,
    sumIf(amount, step = 'invoice') AS invoiced,
    sumIf(amount, step = 'credit_note') AS credited,
    sumIf(amount, step = 'payment') AS paid,
    maxOrNullIf(event_time, step IN ('placed', 'cancelled')) AS ordered_at,
    maxOrNullIf(event_time, step IN ('shipped', 'returned')) AS shipped_at,
    maxOrNullIf(event_time, step IN ('invoice', 'credit_note')) AS invoiced_at,
    maxOrNullIf(event_time, step IN ('payment', 'rebate')) AS paid_at,
    -- Numbers are gathered many times cheaper than texts.
    arrayMap(code -> names[code], groupArray(toUInt8(indexOf(names, step)))) AS moved_step,
    groupArray(event_time) AS moved_at,
    groupArray(amount) AS moved_amount,
    sumIf(amount, step = 'rebate') AS rebated
FROM movements
GROUP BY dealer_id, order_id, currency
COMMENT 'What each order is worth at each of its steps (D10): what was ordered, shipped, invoiced and paid. Documents that name no order stand together by dealer'
