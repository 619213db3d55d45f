-- What the contract says of a field holds for whatever comes to Kafka, past the edge too: a word that it does not know, a required field left out
-- or a number out of its range is set aside as a dead letter that names the field, instead of counting as something else. A constraint bears its field's name.
-- Rows that are there already stay as they are.
ALTER TABLE raw_orders{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS dealer_id CHECK notEmpty(dealer_id),
    ADD CONSTRAINT IF NOT EXISTS order_id CHECK notEmpty(order_id),
    ADD CONSTRAINT IF NOT EXISTS line_no CHECK line_no >= 1,
    ADD CONSTRAINT IF NOT EXISTS sku_id CHECK notEmpty(sku_id),
    ADD CONSTRAINT IF NOT EXISTS stage CHECK stage IN ('placed', 'confirmed', 'rework', 'finance_review', 'approved', 'allocated', 'shipped', 'delivered', 'cancelled', 'returned'),
    ADD CONSTRAINT IF NOT EXISTS qty CHECK qty > 0 AND qty < 1000000000,
    ADD CONSTRAINT IF NOT EXISTS unit_price CHECK unit_price >= 0,
    ADD CONSTRAINT IF NOT EXISTS currency CHECK match(currency, '^[A-Z]{3}$'),
    ADD CONSTRAINT IF NOT EXISTS channel CHECK channel IN ('portal', 'mobile', 'rep', 'edi', 'phone'),
    ADD CONSTRAINT IF NOT EXISTS freight_cost CHECK ifNull(freight_cost >= 0, 1);

ALTER TABLE raw_scans{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS dealer_id CHECK notEmpty(dealer_id) OR biz_step = 'consumer_scan',
    ADD CONSTRAINT IF NOT EXISTS code CHECK notEmpty(code),
    ADD CONSTRAINT IF NOT EXISTS level CHECK level IN ('unit', 'case', 'pallet'),
    ADD CONSTRAINT IF NOT EXISTS biz_step CHECK biz_step IN ('commissioning', 'packing', 'unpacking', 'shipping', 'receiving', 'stock_taking', 'inspecting', 'retail_selling', 'consumer_scan', 'returning'),
    ADD CONSTRAINT IF NOT EXISTS sku_id CHECK notEmpty(sku_id),
    ADD CONSTRAINT IF NOT EXISTS lat CHECK ifNull(lat BETWEEN -90 AND 90, isNull(lon)),
    ADD CONSTRAINT IF NOT EXISTS lon CHECK ifNull(lon BETWEEN -180 AND 180, isNull(lat)),
    ADD CONSTRAINT IF NOT EXISTS accuracy_m CHECK ifNull(accuracy_m BETWEEN 0 AND 40000000, 1),
    ADD CONSTRAINT IF NOT EXISTS datum CHECK ifNull(datum IN ('wgs84', 'gcj02', 'bd09'), 1);

ALTER TABLE raw_stock{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS dealer_id CHECK notEmpty(dealer_id),
    ADD CONSTRAINT IF NOT EXISTS location_id CHECK notEmpty(location_id),
    ADD CONSTRAINT IF NOT EXISTS sku_id CHECK notEmpty(sku_id),
    ADD CONSTRAINT IF NOT EXISTS on_hand CHECK on_hand >= 0 AND on_hand < 1000000000,
    ADD CONSTRAINT IF NOT EXISTS in_transit CHECK in_transit >= 0 AND in_transit < 1000000000,
    ADD CONSTRAINT IF NOT EXISTS committed CHECK committed >= 0 AND committed < 1000000000,
    ADD CONSTRAINT IF NOT EXISTS unit_cost CHECK unit_cost >= 0,
    ADD CONSTRAINT IF NOT EXISTS currency CHECK match(currency, '^[A-Z]{3}$');

ALTER TABLE raw_money{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS dealer_id CHECK notEmpty(dealer_id),
    ADD CONSTRAINT IF NOT EXISTS doc_id CHECK notEmpty(doc_id),
    ADD CONSTRAINT IF NOT EXISTS kind CHECK kind IN ('invoice', 'payment', 'credit_note', 'rebate_claim', 'rebate_payment'),
    ADD CONSTRAINT IF NOT EXISTS currency CHECK match(currency, '^[A-Z]{3}$'),
    ADD CONSTRAINT IF NOT EXISTS period CHECK ifNull(match(period, '^[0-9]{4}-(0[1-9]|1[0-2])$'), 1);

ALTER TABLE raw_activity{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS dealer_id CHECK notEmpty(dealer_id),
    ADD CONSTRAINT IF NOT EXISTS kind CHECK kind IN ('login', 'training_completed', 'return_requested', 'return_closed', 'lead_created', 'lead_won', 'ticket');

ALTER TABLE raw_dealers{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS valid_to CHECK ifNull(valid_to >= valid_from, 1),
    ADD CONSTRAINT IF NOT EXISTS dealer_id CHECK notEmpty(dealer_id),
    ADD CONSTRAINT IF NOT EXISTS adcode CHECK ifNull(match(adcode, '^[1-9][0-9]{5}$'), 1),
    ADD CONSTRAINT IF NOT EXISTS lat CHECK ifNull(lat BETWEEN -90 AND 90, 1),
    ADD CONSTRAINT IF NOT EXISTS lon CHECK ifNull(lon BETWEEN -180 AND 180, 1),
    ADD CONSTRAINT IF NOT EXISTS status CHECK status IN ('prospect', 'contracted', 'active', 'suspended', 'closed');

ALTER TABLE raw_products{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS valid_to CHECK ifNull(valid_to >= valid_from, 1),
    ADD CONSTRAINT IF NOT EXISTS sku_id CHECK notEmpty(sku_id),
    ADD CONSTRAINT IF NOT EXISTS gtin CHECK ifNull(match(gtin, '^[0-9]{8}([0-9]{4,6})?$'), 1),
    ADD CONSTRAINT IF NOT EXISTS unit_cost CHECK ifNull(unit_cost >= 0, 1),
    ADD CONSTRAINT IF NOT EXISTS list_price CHECK ifNull(list_price >= 0, 1),
    ADD CONSTRAINT IF NOT EXISTS currency CHECK ifNull(match(currency, '^[A-Z]{3}$'), 1),
    ADD CONSTRAINT IF NOT EXISTS pack_qty CHECK ifNull(pack_qty > 0 AND pack_qty < 1000000000, 1),
    ADD CONSTRAINT IF NOT EXISTS lead_time_days CHECK ifNull(lead_time_days BETWEEN 0 AND 3650, 1);

ALTER TABLE raw_territories{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS valid_to CHECK ifNull(valid_to >= valid_from, 1),
    ADD CONSTRAINT IF NOT EXISTS territory_id CHECK notEmpty(territory_id),
    ADD CONSTRAINT IF NOT EXISTS adcodes CHECK (notEmpty(adcodes) OR isNotNull(geometry)) AND NOT arrayExists(adcode -> NOT match(adcode, '^[1-9][0-9]{5}$'), adcodes),
    ADD CONSTRAINT IF NOT EXISTS geometry CHECK isNull(geometry)
        OR (JSONExtractString(assumeNotNull(geometry), 'type') = 'Polygon' AND notEmpty(JSONExtract(assumeNotNull(geometry), 'coordinates', 'Array(Array(Tuple(Float64, Float64)))')))
        OR (JSONExtractString(assumeNotNull(geometry), 'type') = 'MultiPolygon' AND notEmpty(JSONExtract(assumeNotNull(geometry), 'coordinates', 'Array(Array(Array(Tuple(Float64, Float64))))')));

ALTER TABLE raw_prices{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS valid_to CHECK ifNull(valid_to >= valid_from, 1),
    ADD CONSTRAINT IF NOT EXISTS sku_id CHECK notEmpty(sku_id),
    ADD CONSTRAINT IF NOT EXISTS floor_price CHECK floor_price >= 0,
    ADD CONSTRAINT IF NOT EXISTS guide_price CHECK ifNull(guide_price >= 0, 1),
    ADD CONSTRAINT IF NOT EXISTS currency CHECK match(currency, '^[A-Z]{3}$');

ALTER TABLE raw_promotions{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS valid_to CHECK ifNull(valid_to >= valid_from, 1),
    ADD CONSTRAINT IF NOT EXISTS promo_id CHECK notEmpty(promo_id),
    ADD CONSTRAINT IF NOT EXISTS ends CHECK ends >= starts,
    ADD CONSTRAINT IF NOT EXISTS discount_pct CHECK discount_pct BETWEEN 0 AND 100;

ALTER TABLE raw_rebate_programs{{local}} {{on_cluster}}
    ADD CONSTRAINT IF NOT EXISTS valid_to CHECK ifNull(valid_to >= valid_from, 1),
    ADD CONSTRAINT IF NOT EXISTS program_id CHECK notEmpty(program_id),
    ADD CONSTRAINT IF NOT EXISTS basis CHECK basis IN ('net_sales', 'qty'),
    ADD CONSTRAINT IF NOT EXISTS period CHECK period IN ('month', 'quarter'),
    ADD CONSTRAINT IF NOT EXISTS tiers CHECK notEmpty(tiers) AND NOT arrayExists((a, b) -> a.1 >= b.1, arrayPopBack(tiers), arrayPopFront(tiers)) AND NOT arrayExists(t -> t.1 < 0 OR t.2 < 0 OR t.2 > 100, tiers),
    ADD CONSTRAINT IF NOT EXISTS split CHECK empty(split) OR (arraySum(s -> s.2, split) = 100 AND NOT arrayExists(s -> s.2 < 0, split));
