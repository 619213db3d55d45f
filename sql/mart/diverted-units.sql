-- Of a confirmed case those codes count that still speak for it, each once; units under a code whose container was found too are
-- counted with that. A case of no code counts where people confirmed that a neighbour's purchases moved to the dealer (paired_buyer).
CREATE OR REPLACE VIEW mart_diverted_units {{on_cluster}}
(
    day Date32 COMMENT 'local day on which the units were ordered',
    from_dealer_id LowCardinality(String) COMMENT 'the dealer that ordered them',
    to_dealer_id LowCardinality(String) COMMENT 'a dealer of the region in which they were consumed, as of the shipment',
    sku_id LowCardinality(String) COMMENT 'the product',
    found_adcode LowCardinality(String) COMMENT 'prefecture in which they were found; empty = in none, as in other countries',
    found_territory_id LowCardinality(String) COMMENT 'territory whose outline holds the place, where that is in no prefecture; empty = none',
    qty Float64 COMMENT 'units'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- What people said of a case is said of those that are part of it. A closed case is what it was before it was closed.
    confirmed AS
    (
        SELECT origin_dealer_id, region, sku_id, lot
        FROM
        (
            SELECT
                origin_dealer_id, core_case_region(found_adcode, found_territory_id) AS region, sku_id, lot,
                if(merged_into = '', alert_id, merged_into) AS lead_id,
                anyIf(state, merged_into = '') OVER (PARTITION BY lead_id) AS lead_state
            FROM raw_mart_diversion_cases FINAL
        )
        WHERE region != '' AND (lead_state = 'confirmed' OR (lead_state = 'closed' AND lead_id IN
        (
            SELECT alert_id
            FROM core_case_transitions
            WHERE to_state IN ('confirmed', 'dismissed')
            GROUP BY alert_id
            HAVING argMax(to_state, (event_time, event_id)) = 'confirmed'
        )))
    ),
    seen AS
    (
        SELECT code, argMax((origin_dealer_id, region, sku_id, parent_code, since, until, units), (log_odds, event_time)) AS it
        FROM
        (
            SELECT
                code, origin_dealer_id, region, sku_id, lot, parent_code, log_odds, event_time, units,
                toDate32(shipped_at, '{{time_zone}}') - 27 AS since, shipped_at AS until
            FROM raw_mart_diversion_signals FINAL
            UNION ALL
            SELECT
                concat('paired_buyer ', origin_dealer_id, ' ', region, ' ', sku_id), origin_dealer_id, region, sku_id, '', '', log_odds, event_time, units,
                toDate32(first_event_time, '{{time_zone}}'), event_time
            FROM raw_mart_dealer_signals FINAL
            WHERE kind = 'paired_buyer'
        )
        WHERE (origin_dealer_id, region, sku_id, lot) IN (SELECT origin_dealer_id, region, sku_id, lot FROM confirmed)
        GROUP BY code
    ),
    -- What was shipped on a day had been ordered within the four weeks up to it.
    goods AS
    (
        SELECT
            origin, region, sku, one.3 AS first_day, toDate32(one.4, '{{time_zone}}') AS last_day,
            max(one.4) AS shipped_at, sum(one.5) AS units
        FROM
        (
            SELECT it.1 AS origin, it.2 AS region, it.3 AS sku, groupArray((code, it.4, it.5, it.6, it.7)) AS all
            FROM seen
            GROUP BY origin, region, sku
        )
        ARRAY JOIN arrayFilter(
            c -> if(arrayAll(o -> startsWith(o.1, 'paired_buyer '), all), true, NOT startsWith(c.1, 'paired_buyer '))
                AND (c.2 = c.1 OR NOT arrayExists(o -> o.1 = c.2, all)),
            all) AS one
        GROUP BY origin, region, sku, first_day, last_day
    ),
    ordered AS
    (
        SELECT dealer, sku, groupArray((day, net)) AS days
        FROM
        (
            -- As mart_demand_days has it.
            SELECT dealer, sku, day, sum(part) AS net
            FROM
            (
                SELECT dealer_id AS dealer, sku_id AS sku, day, toFloat64(placed_qty - cancelled_qty) AS part
                FROM raw_mart_sales_days FINAL
                UNION ALL
                SELECT dealer_id, sku_id, undone.1, undone.2
                FROM (SELECT * FROM raw_mart_order_lines FINAL WHERE has(stages, 'cancelled') AND isNotNull(placed_at))
                ARRAY JOIN core_cancelled_days(stages, entered_at, entered_qty, assumeNotNull(placed_at), ordered_qty, '{{time_zone}}') AS undone
            )
            WHERE sku IN (SELECT sku_id FROM confirmed)
            GROUP BY dealer, sku, day
            HAVING net > 0
        )
        GROUP BY dealer, sku
    ),
    areas AS
    (
        SELECT core_case_region('', t.territory_id) AS place, t.adcodes AS adcodes, t.geometry AS geometry, t.valid_from AS valid_from, t.effective_to AS effective_to, d.members AS members
        FROM core_territories AS t
        INNER JOIN
        (
            SELECT territory_id, groupArray((toString(dealer_id), valid_from, effective_to)) AS members
            FROM core_dealers
            WHERE effective_to > valid_from AND status NOT IN ('prospect', 'closed')
            GROUP BY territory_id
        ) AS d ON d.territory_id = t.territory_id
        WHERE t.effective_to > t.valid_from
    ),
    -- Dealers, then, of territories that hold the prefecture, or lie in it, or of the territory itself.
    takers AS
    (
        SELECT
            g.origin AS origin, g.region AS region, g.sku AS sku, g.first_day AS first_day, g.last_day AS last_day, g.units AS units,
            arrayJoin(arrayMap(m -> m.1, arrayFilter(m -> m.2 <= g.shipped_at AND g.shipped_at < m.3 AND m.1 != g.origin, a.members))) AS taker
        FROM goods AS g
        CROSS JOIN areas AS a
        LEFT JOIN (SELECT adcode, lon, lat FROM core_prefectures) AS p ON p.adcode = g.region
        WHERE a.valid_from <= g.shipped_at AND g.shipped_at < a.effective_to
            AND (a.place = g.region OR arrayExists(part -> core_adcode_within(part, [g.region]), a.adcodes)
                OR ifNull(core_in_territory(p.lon, p.lat, g.region, a.adcodes, a.geometry), 0) = 1)
    ),
    -- In proportion to what they ordered of the product themselves in that time; where none did, in equal parts.
    moves AS
    (
        SELECT
            t.origin AS origin, t.region AS region, t.sku AS sku, t.first_day AS first_day, t.last_day AS last_day, any(t.units) AS units,
            groupArray((t.taker, arraySum(o -> if(o.1 >= t.first_day AND o.1 <= t.last_day, o.2, 0), r.days))) AS dealers
        FROM (SELECT DISTINCT * FROM takers) AS t
        LEFT JOIN ordered AS r ON r.dealer = t.taker AND r.sku = t.sku
        GROUP BY origin, region, sku, first_day, last_day
    ),
    -- Taken from each of the days alike. Of several shipments together no more than was ordered.
    taken AS
    (
        SELECT
            t.origin AS origin, t.region AS region, t.sku AS sku, t.dealers AS dealers, arraySum(d -> d.2, t.dealers) AS weight,
            one.1 AS ordered_on,
            t.units / arraySum(o -> if(o.1 >= t.first_day AND o.1 <= t.last_day, o.2, 0), r.days) AS share,
            one.2 * share / greatest(1, sum(share) OVER (PARTITION BY origin, sku, ordered_on)) AS units
        FROM moves AS t
        INNER JOIN ordered AS r ON r.dealer = t.origin AND r.sku = t.sku
        ARRAY JOIN arrayFilter(o -> o.1 >= t.first_day AND o.1 <= t.last_day, r.days) AS one
    )
SELECT
    ordered_on AS day,
    origin AS from_dealer_id,
    taker.1 AS to_dealer_id,
    sku AS sku_id,
    if(startsWith(region, 'territory '), '', region) AS found_adcode,
    if(startsWith(region, 'territory '), substring(region, length('territory ') + 1), '') AS found_territory_id,
    sum(units * if(weight > 0, taker.2 / weight, 1 / length(dealers))) AS qty
FROM taken
ARRAY JOIN dealers AS taker
GROUP BY day, from_dealer_id, to_dealer_id, sku_id, found_adcode, found_territory_id
HAVING qty > 0
COMMENT 'Units of confirmed cases of diversion, from the dealer that ordered them to those of the region that consumed them. Taken from its orders of the four weeks up to the shipment in equal shares, never more than it ordered; where the region has no other dealer, or it ordered none, they stay'
