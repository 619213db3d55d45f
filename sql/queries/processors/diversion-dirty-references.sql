-- Notes the codes that new versions of reference data touch: those shipped to a dealer or into a territory of which one came, with
-- what is packed in them; those found whose price or pack size changed; those that a changed dealer scanned without a position, or with any
-- where it is, or was, registered in a county.
INSERT INTO raw_dirty_codes
WITH
    deliveries AS (SELECT * FROM raw_deliveries(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))})),
    changed_dealers AS
    (
        SELECT dealer_id FROM raw_dealers WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION ALL
        SELECT dealer_id FROM core_dealers WHERE territory_id IN
            (SELECT territory_id FROM raw_territories WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
    ),
    shipped_to_changed AS
    (
        SELECT code FROM raw_mart_code_journeys WHERE hasAny(shipped_to, (SELECT groupArray(dealer_id) FROM changed_dealers)) OR hasAny(shipped_by, (SELECT groupArray(dealer_id) FROM changed_dealers))
    ),
    shipped_packed AS
    (
        SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM shipped_to_changed)
        UNION ALL
        SELECT code FROM raw_mart_code_journeys ARRAY JOIN former_parents AS former
        WHERE notEmpty(former_parents) AND former IN (SELECT code FROM shipped_to_changed)
    )
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM shipped_to_changed UNION ALL SELECT code FROM shipped_packed
    UNION ALL SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM shipped_packed)
    UNION ALL SELECT code FROM raw_mart_diversion_signals WHERE sku_id IN
        (SELECT sku_id FROM raw_products WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
    UNION ALL SELECT core_item_key(raw_scans.code) FROM raw_scans WHERE dealer_id IN (SELECT dealer_id FROM changed_dealers)
        AND (ifNull(lat, 0) = 0 OR dealer_id IN (SELECT dealers.dealer_id FROM raw_dealers AS dealers WHERE NOT endsWith(ifNull(dealers.adcode, '00'), '00')))
)
