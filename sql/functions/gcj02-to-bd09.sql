-- (lon, lat) in GCJ-02 → (lon, lat) in BD-09 (Baidu), degrees. Equal to models/geo/datum.ts. 52.35987755982988 is 3000 π / 180.
CREATE OR REPLACE FUNCTION core_gcj02_to_bd09 {{on_cluster}} AS (lon, lat) -> arrayMap(
    (radius, angle) -> (radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006),
    [sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * 52.35987755982988)],
    [atan2(lat, lon) + 0.000003 * cos(lon * 52.35987755982988)]
)[1];
