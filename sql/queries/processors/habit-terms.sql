-- List price of each product at a time, else its cost.
-- clickhouse-client --param_at=2026-11-24T12:00:00Z
SELECT DISTINCT
    sku_id,
    toString(coalesce(
        dictGet('raw_product_versions', 'list_price', tuple(sku_id), {at: DateTime64(3, 'UTC')}),
        dictGet('raw_product_versions', 'unit_cost', tuple(sku_id), {at: DateTime64(3, 'UTC')}))) AS unit_value,
    ifNull(dictGet('raw_product_versions', 'currency', tuple(sku_id), {at: DateTime64(3, 'UTC')}), '') AS currency
FROM core_products
