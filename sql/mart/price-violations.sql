CREATE OR REPLACE VIEW mart_price_violations {{on_cluster}}
(
    event_time DateTime64(3, 'UTC') COMMENT 'when the line was placed first',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    order_id String COMMENT 'the order',
    line_no UInt32 COMMENT 'place of the line in its order',
    sku_id LowCardinality(String) COMMENT 'the product',
    supplied_by LowCardinality(Nullable(String)) COMMENT 'who sold it below the floor: the supplying dealer or HQ; null = not known',
    qty Decimal(18, 3) COMMENT 'units',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit, in currency',
    floor_price Decimal(38, 6) COMMENT 'lowest price allowed, by the rule for product, tier and territory valid then',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency',
    depth Float64 COMMENT '1 - unit_price / floor_price, 0-1',
    shortfall Decimal(38, 9) COMMENT '(floor_price - unit_price) x qty, in currency',
    territory_id Nullable(String) COMMENT 'territory of the dealer, as of the placing; null = not known',
    adcode Nullable(String) COMMENT 'division (GB/T 2260) of the dealer, as of the placing; null = not known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_time,
    dealer_id,
    order_id,
    line_no,
    sku_id,
    supplied_by,
    qty,
    unit_price,
    assumeNotNull(core_orders.floor_price) AS floor_price,
    currency,
    1 - toFloat64(unit_price) / toFloat64(floor_price) AS depth,
    (floor_price - unit_price) * qty AS shortfall,
    territory_id,
    adcode
FROM core_orders
WHERE stage = 'placed' AND core_orders.floor_price IS NOT NULL AND unit_price < core_orders.floor_price
  AND (source, event_id) NOT IN (SELECT source, event_id FROM {{database}}.raw_later_placings(known_at = '2299-12-31', utc_days = []))
COMMENT 'Order lines placed below the floor price that held then (D6)'
