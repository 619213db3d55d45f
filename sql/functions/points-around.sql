-- Points around a place (WGS84 degrees), given as offsets to the east and to the north in units of `km`: good to a few metres within a hundred
-- kilometres, away from the poles.
--   SELECT core_points_around(120.16, 30.25, 2, [(0., 1.), (1., 0.)])
CREATE OR REPLACE FUNCTION core_points_around {{on_cluster}} AS (lon, lat, km, offsets) -> arrayMap(
    o -> (lon + o.1 * km / (111.32 * cos(radians(lat))), lat + o.2 * km / 111.32),
    offsets
);
