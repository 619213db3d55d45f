CREATE OR REPLACE VIEW mart_adoption_by_place {{on_cluster}}
(
    adcode LowCardinality(String) COMMENT 'prefecture of the dealer (GB/T 2260), as in core_prefectures: a municipality is one, a county under its province one of its own; the province where no more is known; empty = the dealer''s place is not known',
    name LowCardinality(String) COMMENT 'its name; empty where the place is not known, or nobody has that code',
    contracted UInt64 COMMENT 'dealers contracted or active now',
    active UInt64 COMMENT 'of them those with at least 5 actions in the last 28 days',
    active_rate Float64 COMMENT 'active / contracted, 0-1',
    trained UInt64 COMMENT 'contracted dealers whose people ever completed a training',
    training_exposure Float64 COMMENT 'trained / contracted, 0-1',
    active_rate_trained Nullable(Float64) COMMENT 'active rate of the trained; null without one',
    active_rate_untrained Nullable(Float64) COMMENT 'active rate of the others; null without one',
    reason String COMMENT 'why a rate is null; empty = none is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH dealers AS
    (
        SELECT core_prefecture_of(mart_dealer_actions.adcode) AS place, actions >= 5 AS is_active, mart_dealer_actions.trained AS is_trained
        FROM mart_dealer_actions
    )
SELECT
    place AS adcode,
    any(places.place_name) AS name,
    count() AS contracted,
    countIf(is_active) AS active,
    active / contracted AS active_rate,
    countIf(is_trained) AS trained,
    trained / contracted AS training_exposure,
    countIf(is_active AND is_trained) / nullIf(trained, 0) AS active_rate_trained,
    countIf(is_active AND NOT is_trained) / nullIf(contracted - trained, 0) AS active_rate_untrained,
    multiIf(trained = 0, 'no dealer is trained', trained = contracted, 'all dealers are trained', '') AS reason
FROM dealers
LEFT JOIN
(
    SELECT code, any(known_as) AS place_name
    FROM (SELECT unit.1 AS code, unit.2 AS known_as FROM core_prefectures ARRAY JOIN [(core_prefectures.adcode, core_prefectures.name), (province_adcode, province_name)] AS unit)
    GROUP BY code
) AS places ON places.code = place
GROUP BY place
COMMENT 'Adoption by prefecture, with what training has to do with it (D19)'
