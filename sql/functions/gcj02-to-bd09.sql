-- (lon, lat) in GCJ-02 → (lon, lat) in BD-09 (Baidu), degrees. Equal to models/geo/datum.ts.
CREATE OR REPLACE FUNCTION core_gcj02_to_bd09 {{on_cluster}} AS (lon, lat) -> (
    (sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * pi() * 3000 / 180))
        * cos(atan2(lat, lon) + 0.000003 * cos(lon * pi() * 3000 / 180)) + 0.0065,
    (sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * pi() * 3000 / 180))
        * sin(atan2(lat, lon) + 0.000003 * cos(lon * pi() * 3000 / 180)) + 0.006
);
