-- Whether a point (WGS84 degrees, in the division `adcode`; null = in none) lies in a territory version: in one of its
-- divisions or within its outline. Null when the territory is not known.
--   WITH dictGet('raw_territory_versions', ('adcodes', 'geometry'), tuple('T-01'), now64(3)) AS territory
--   SELECT core_in_territory(120.16, 30.25, '330100', territory.1, territory.2)
CREATE OR REPLACE FUNCTION core_in_territory {{on_cluster}} AS (lon, lat, adcode, adcodes, geometry) -> if(
    empty(adcodes) AND isNull(geometry),
    NULL,
    core_adcode_within(ifNull(adcode, ''), adcodes)
        OR (isNotNull(geometry) AND core_point_in_geojson(lon, lat, ifNull(geometry, '')))
);
