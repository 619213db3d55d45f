CREATE OR REPLACE VIEW mart_reconciliation {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    order_id String COMMENT 'the order',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the amounts',
    pair LowCardinality(String) COMMENT 'the steps that differ: order_shipment, shipment_invoice or invoice_payment',
    earlier_amount Nullable(Decimal(38, 6)) COMMENT 'the earlier step: ordered less cancelled; shipped less returned; invoiced less credited; null where the feed of orders is missing',
    later_amount Nullable(Decimal(38, 6)) COMMENT 'the later step: shipped; invoiced less credited; paid; null where the feed of money is missing',
    difference Nullable(Decimal(38, 6)) COMMENT 'later_amount - earlier_amount: negative = still to come, positive = too much; null where a feed that it needs is missing',
    since Nullable(DateTime64(3, 'UTC')) COMMENT 'last movement on either side: since then at least they have differed',
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
    later_of AS
    (
        SELECT *, arrayMax(arrayFilter(t -> t IS NOT NULL, [ordered_at, shipped_at])) AS ordered_since,
            arrayMax(arrayFilter(t -> t IS NOT NULL, [shipped_at, invoiced_at])) AS shipped_since,
            arrayMax(arrayFilter(t -> t IS NOT NULL, [invoiced_at, paid_at])) AS invoiced_since
        FROM mart_order_money
    ),
    pairs AS
    (
        SELECT dealer_id, order_id, currency, part.1 AS pair, part.2 AS earlier, part.3 AS later, part.4 AS since
        FROM later_of
        ARRAY JOIN
        [
            ('order_shipment', ordered - cancelled, shipped, ordered_since),
            ('shipment_invoice', shipped - returned, invoiced - credited, shipped_since),
            ('invoice_payment', invoiced - credited, paid, invoiced_since)
        ] AS part
        WHERE (has_money AND part.2 != part.3)
           OR (NOT has_money AND ((part.1 = 'order_shipment' AND part.2 != part.3) OR (part.1 = 'shipment_invoice' AND part.2 != 0)))
    )
SELECT
    dealer_id,
    order_id,
    currency,
    pair,
    if(has_orders OR pair = 'invoice_payment', toNullable(earlier), NULL) AS earlier_amount,
    if(has_money OR pair = 'order_shipment', toNullable(later), NULL) AS later_amount,
    later_amount - earlier_amount AS difference,
    if(toUnixTimestamp64Milli(pairs.since) = 0, NULL, pairs.since) AS since,
    intDiv(dateDiff('millisecond', since, now_at), 86400000) AS age_days,
    multiIf(age_days <= 7, '0-7', age_days <= 30, '8-30', age_days <= 60, '31-60', age_days <= 90, '61-90', 'over 90') AS age_band,
    multiIf(difference IS NOT NULL, '', has_orders, 'no feed of money: nothing is known of invoices and payments', 'no feed of orders: nothing is known of shipments') AS reason
FROM pairs
COMMENT 'The three-way match (D10): every order whose shipment, invoice or payment differs from the step before, to the last cent, with its age'
