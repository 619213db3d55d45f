-- The function from order events to days of sales: mart_sales_days keeps what it says of all that is known.
-- Days are listed, not bounded: a late event makes one old day dirty, not all days since.
-- SELECT * FROM mart_sales_days_as_known(known_at = '2026-11-24 12:00:00', utc_days = ['2026-11-22', '2026-11-23', '2026-11-24']) WHERE day = '2026-11-23'
CREATE OR REPLACE VIEW mart_sales_days_as_known {{on_cluster}}
(
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    dealer_id LowCardinality(String) COMMENT 'the dealer that ordered',
    sku_id LowCardinality(String) COMMENT 'the product',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the values',
    cost_currency String COMMENT 'ISO 4217 currency of the costs; empty when no cost is known',
    placed_lines UInt64 COMMENT 'order lines placed; a line placed again, after a rework say, counts as it was placed first',
    placed_qty Decimal(38, 3) COMMENT 'units placed',
    placed_value Decimal(38, 9) COMMENT 'value placed, in currency',
    cancelled_qty Decimal(38, 3) COMMENT 'units cancelled',
    cancelled_value Decimal(38, 9) COMMENT 'value cancelled, in currency',
    shipped_qty Decimal(38, 3) COMMENT 'units shipped',
    shipped_value Decimal(38, 9) COMMENT 'value shipped, in currency',
    shipped_cost Decimal(38, 9) COMMENT 'cost of the units shipped, at the unit cost valid then, in cost_currency',
    returned_qty Decimal(38, 3) COMMENT 'units returned',
    returned_value Decimal(38, 9) COMMENT 'value returned, in currency',
    returned_cost Decimal(38, 9) COMMENT 'cost of the units returned, at the unit cost valid then, in cost_currency',
    uncosted_qty Decimal(38, 3) COMMENT 'units shipped or returned for which no unit cost was known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    events AS
    (
        SELECT
            toDate32(event_time, '{{time_zone}}') AS day, dealer_id, sku_id, currency, stage, qty,
            qty * unit_price AS line_value, event_time
        FROM core_orders
        WHERE (empty({utc_days: Array(Date)}) OR toDate(event_time) IN {utc_days: Array(Date)}) AND ingested_at <= {known_at: DateTime64(3, 'UTC')}
          AND (stage != 'placed' OR (source, event_id) NOT IN (SELECT source, event_id FROM {{database}}.raw_later_placings(known_at = {known_at: DateTime64(3, 'UTC')}, utc_days = {utc_days: Array(Date)})))
    ),
    -- The version of the product that held at the event, as it was known then.
    costed AS
    (
        SELECT
            events.*,
            stage IN ('shipped', 'returned') AND event_time < products.effective_to AS has_version,
            if(has_version, products.unit_cost, NULL) AS unit_cost,
            if(has_version, products.currency, '') AS cost_currency
        FROM events
        ASOF LEFT JOIN
        (
            SELECT sku_id, valid_from, effective_to, unit_cost, currency
            FROM {{database}}.core_products_as_known(known_at = {known_at: DateTime64(3, 'UTC')})
            WHERE effective_to > valid_from
        ) AS products ON products.sku_id = events.sku_id AND products.valid_from <= events.event_time
    )
SELECT
    day, dealer_id, sku_id, currency, coalesce(cost_currency, '') AS cost_currency,
    countIf(stage = 'placed') AS placed_lines,
    sumIf(qty, stage = 'placed') AS placed_qty,
    sumIf(line_value, stage = 'placed') AS placed_value,
    sumIf(qty, stage = 'cancelled') AS cancelled_qty,
    sumIf(line_value, stage = 'cancelled') AS cancelled_value,
    sumIf(qty, stage = 'shipped') AS shipped_qty,
    sumIf(line_value, stage = 'shipped') AS shipped_value,
    sumIf(qty * coalesce(unit_cost, 0), stage = 'shipped') AS shipped_cost,
    sumIf(qty, stage = 'returned') AS returned_qty,
    sumIf(line_value, stage = 'returned') AS returned_value,
    sumIf(qty * coalesce(unit_cost, 0), stage = 'returned') AS returned_cost,
    sumIf(qty, stage IN ('shipped', 'returned') AND unit_cost IS NULL) AS uncosted_qty
FROM costed
GROUP BY day, dealer_id, sku_id, currency, cost_currency
COMMENT 'Sales of dealer, product and local day as they were known at known_at, out of the order events of the UTC days utc_days ([] = all) that had been written here by then. A local day lies within three UTC days; costs are those known at known_at'
