-- (lon, lat) in BD-09 → (lon, lat) in GCJ-02, degrees, in the way of core_gcj02_to_wgs84.
CREATE OR REPLACE FUNCTION core_bd09_to_gcj02 {{on_cluster}} AS (lon, lat) -> arrayFold(
    (position, step) -> tupleMinus(position, tupleMinus(core_gcj02_to_bd09(position.1, position.2), (lon, lat))),
    [1, 2, 3, 4, 5],
    (lon, lat)
);
