-- Whether a point (WGS84 degrees) lies in a territory version, in the prefecture whose outline holds it.
--   WITH dictGet('raw_territory_versions', ('adcodes', 'geometry'), tuple('T-01'), now64(3)) AS territory
--   SELECT core_is_inside((120.16, 30.25), territory.1, territory.2)
CREATE OR REPLACE FUNCTION core_is_inside {{on_cluster}} AS (point, adcodes, geometry) ->
    ifNull(core_in_territory(point.1, point.2, dictGetOrNull('raw_prefecture_polygons', 'adcode', point), adcodes, geometry), 0) = 1;
