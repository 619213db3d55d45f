CREATE OR REPLACE VIEW mart_stock_sharing {{on_cluster}}
(
    sku_id LowCardinality(String) COMMENT 'the product',
    short_dealer_id LowCardinality(String) COMMENT 'the dealer whose stock does not last 14 days. Dealers that are suspended, closed or whose last version has ended neither take nor give',
    short_qty Float64 COMMENT 'units that it lacks for 14 days at its mean daily demand',
    surplus_dealer_id LowCardinality(Nullable(String)) COMMENT 'the nearest dealer with more than 28 days'' demand; null where there is none',
    surplus_qty Nullable(Float64) COMMENT 'units that it has beyond 28 days',
    distance_km Nullable(Float64) COMMENT 'great circle between the two; null where a place is not known',
    shared_qty Nullable(Float64) COMMENT 'the smaller of short_qty and surplus_qty. A surplus may be named for several shortages, and that of a dealer under investigation too: promising it once, and by whom, is for the transfers',
    reason String COMMENT 'why no surplus is named; empty = one is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    (SELECT count() > 0 FROM raw_dealers) AS has_dealers,
    -- Who is not known at all may need goods; who has come to an end has nobody left to send them or to take them in.
    gone AS
    (
        SELECT DISTINCT dealer_id
        FROM core_dealers
        WHERE valid_from <= now_at AND effective_to > valid_from
            AND ifNull(dictGet('raw_dealer_versions', 'status', tuple(dealer_id), now_at), '') IN ('', 'suspended', 'closed')
    ),
    supply AS
    (
        SELECT
            dealer_id, sku_id, toFloat64(available_qty) AS available, mart_days_of_supply.daily_demand AS daily,
            dictGet('raw_dealer_versions', 'lon', tuple(dealer_id), now_at) AS lon, dictGet('raw_dealer_versions', 'lat', tuple(dealer_id), now_at) AS lat
        FROM mart_days_of_supply
        WHERE dealer_id NOT IN (SELECT dealer_id FROM gone)
    ),
    donors AS
    (
        SELECT sku_id, groupArray((dealer_id, available - 28 * daily, lon, lat)) AS list
        FROM supply
        WHERE has_dealers AND available > 28 * daily
        GROUP BY sku_id
    ),
    matched AS
    (
        SELECT
            supply.sku_id AS product, supply.dealer_id AS taker, 14 * daily - available AS lacking,
            -- Nearest first; those whose place is not known come last.
            arraySort(d -> (d.3 IS NULL, ifNull(d.3, 0), d.1),
                arrayMap(d -> (d.1, d.2, if(d.3 IS NULL OR lon IS NULL, NULL, toNullable(toFloat64(greatCircleDistance(assumeNotNull(lon), assumeNotNull(lat), assumeNotNull(d.3), assumeNotNull(d.4))) / 1000))),
                    donors.list)) AS nearest
        FROM supply
        LEFT JOIN donors ON donors.sku_id = supply.sku_id
        WHERE daily > 0 AND available < 14 * daily
    )
SELECT
    product AS sku_id,
    taker AS short_dealer_id,
    lacking AS short_qty,
    if(notEmpty(nearest), toNullable(nearest[1].1), NULL) AS surplus_dealer_id,
    if(notEmpty(nearest), toNullable(nearest[1].2), NULL) AS surplus_qty,
    nearest[1].3 AS distance_km,
    if(surplus_qty IS NULL, NULL, least(lacking, surplus_qty)) AS shared_qty,
    multiIf(NOT has_dealers, 'no feed of dealers: no place is known', notEmpty(nearest), '', 'no dealer has more than 28 days of it') AS reason
FROM matched
COMMENT 'Shortages matched to the nearest surplus (D13)'
