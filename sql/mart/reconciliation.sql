CREATE OR REPLACE VIEW mart_reconciliation {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    order_id String COMMENT 'the order; empty = the documents of the dealer that name none',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the amounts',
    pair LowCardinality(String) COMMENT 'the steps that differ: order_shipment, shipment_invoice or invoice_payment',
    earlier_amount Nullable(Decimal(38, 6)) COMMENT 'the earlier step, rounded to the smallest unit of the currency, a half away from zero: ordered less cancelled; shipped less returned; invoiced less credited; null where the feed of orders is missing',
    later_amount Nullable(Decimal(38, 6)) COMMENT 'the later step, rounded likewise: shipped; invoiced less credited; paid, by rebates credited to the order too; null where the feed of money is missing',
    difference Nullable(Decimal(38, 6)) COMMENT 'later_amount - earlier_amount: negative = still to come, positive = too much; null where a feed that it needs is missing',
    since Nullable(DateTime64(3, 'UTC')) COMMENT 'the oldest movement that is open: first in first out, what the other side does not cover',
    age_days Nullable(Int64) COMMENT 'whole days from since to now',
    age_band LowCardinality(String) COMMENT '0-7, 8-30, 31-60, 61-90 or over 90 days',
    reason String COMMENT 'why the difference is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    (SELECT count() > 0 FROM raw_money) AS has_money,
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    -- Nobody invoices less than the smallest unit of a currency (models/money/decimal.ts): rounded once, a half away from zero.
    (amount, code) -> multiIf(
        code IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'), round(amount, 0),
        code IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'), round(amount, 3), round(amount, 2)) AS payable,
    sides AS
    (
        SELECT
            dealer_id, order_id, currency, moved_step, moved_at, moved_amount,
            payable(ordered - cancelled, currency) AS ordered_net,
            payable(shipped, currency) AS sent,
            payable(shipped - returned, currency) AS shipped_net,
            payable(invoiced - credited, currency) AS invoiced_net,
            payable(paid + rebated, currency) AS paid_sum
        FROM mart_order_money
    ),
    pairs AS
    (
        SELECT
            dealer_id, order_id, currency, part.1 AS pair, part.2 AS earlier, part.3 AS later,
            -- What the earlier step demands and the later one takes back is open, the contrary covers it; where the later is more, the other way round.
            moved_at,
            arrayMap((step, amount) -> multiIf(has(if(earlier > later, part.4, part.5), step), amount, has(if(earlier > later, part.5, part.4), step), -amount, 0 * amount),
                moved_step, moved_amount) AS opened
        FROM sides
        ARRAY JOIN
        [
            ('order_shipment', ordered_net, sent, ['placed'], ['cancelled', 'shipped']),
            ('shipment_invoice', shipped_net, invoiced_net, ['shipped', 'credit_note'], ['returned', 'invoice']),
            ('invoice_payment', invoiced_net, paid_sum, ['invoice'], ['credit_note', 'payment', 'rebate'])
        ] AS part
        WHERE (has_money AND part.2 != part.3)
           OR (NOT has_money AND ((part.1 = 'order_shipment' AND part.2 != part.3) OR (part.1 = 'shipment_invoice' AND part.2 != 0)))
    ),
    -- First in first out: the oldest movement that the cover does not reach is what the difference has been waiting for since.
    aged AS
    (
        SELECT
            dealer_id, order_id, currency, pair, earlier, later,
            arraySort(arrayFilter((at, amount) -> amount > 0, moved_at, opened)) AS open_at,
            arrayCumSum(arraySort((amount, at) -> at, arrayFilter(amount -> amount > 0, opened), arrayFilter((at, amount) -> amount > 0, moved_at, opened))) AS open_sums,
            payable(-arraySum(arrayFilter(amount -> amount < 0, opened)), currency) AS covered,
            arrayFirstIndex(amount -> payable(amount, currency) > covered, open_sums) AS place
        FROM pairs
    )
SELECT
    dealer_id,
    order_id,
    currency,
    pair,
    if(has_orders OR pair = 'invoice_payment', toNullable(earlier), NULL) AS earlier_amount,
    if(has_money OR pair = 'order_shipment', toNullable(later), NULL) AS later_amount,
    later_amount - earlier_amount AS difference,
    -- Where only the rounding of each side makes the difference, none lies beyond the cover: the last made it.
    if(empty(open_at), NULL, toNullable(open_at[if(place = 0, -1, toInt64(place))])) AS since,
    intDiv(dateDiff('millisecond', since, now_at), 86400000) AS age_days,
    multiIf(age_days <= 7, '0-7', age_days <= 30, '8-30', age_days <= 60, '31-60', age_days <= 90, '61-90', 'over 90') AS age_band,
    multiIf(difference IS NOT NULL, '', has_orders, 'no feed of money: nothing is known of invoices and payments', 'no feed of orders: nothing is known of shipments') AS reason
FROM aged
COMMENT 'The three-way match (D10): every order whose shipment, invoice or payment differs from the step before, to the last cent, with its age; documents that name no order stand by dealer'
