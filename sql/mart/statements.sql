CREATE OR REPLACE VIEW mart_statements {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the amounts',
    month Date32 COMMENT 'first day of the month in the zone of the installation; months without a document are left out',
    opening Decimal(38, 6) COMMENT 'what the dealer owed at its start',
    invoiced Decimal(38, 6) COMMENT 'invoices',
    paid Decimal(38, 6) COMMENT 'payments',
    credited Decimal(38, 6) COMMENT 'credit notes',
    rebated Decimal(38, 6) COMMENT 'rebates paid',
    closing Decimal(38, 6) COMMENT 'opening + invoiced - paid - credited - rebated; a claim of a rebate changes no balance',
    documents UInt64 COMMENT 'documents of the month, claims too'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH months AS
    (
        SELECT
            dealer_id, currency, toDate32(toStartOfMonth(toDate32(event_time, '{{time_zone}}'))) AS month,
            sumIf(amount, kind = 'invoice') AS invoiced,
            sumIf(amount, kind = 'payment') AS paid,
            sumIf(amount, kind = 'credit_note') AS credited,
            sumIf(amount, kind = 'rebate_payment') AS rebated,
            count() AS documents
        FROM core_money
        GROUP BY dealer_id, currency, month
    )
SELECT
    dealer_id,
    currency,
    month,
    sum(invoiced - paid - credited - rebated) OVER
        (PARTITION BY dealer_id, currency ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - (invoiced - paid - credited - rebated) AS opening,
    invoiced,
    paid,
    credited,
    rebated,
    opening + invoiced - paid - credited - rebated AS closing,
    documents
FROM months
COMMENT 'Statements of dealers'' accounts by month (D10): each opens as the one before closed'
