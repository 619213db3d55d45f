-- (lon, lat) in WGS84 → (lon, lat) in GCJ-02, degrees: the shift of Chinese maps. Equal to models/geo/datum.ts, which says its source.
-- 6378245 m and 0.006693421622965943 are the semi-major axis and squared eccentricity of Krasovsky 1940.
CREATE OR REPLACE FUNCTION core_wgs84_to_gcj02 {{on_cluster}} AS (lon, lat) -> if(
    lon < 72.004 OR lon > 137.8347 OR lat < 0.8293 OR lat > 55.8271,
    (lon, lat),
    (
        lon + ((300 + (lon - 105) + 2 * (lat - 35) + 0.1 * (lon - 105) * (lon - 105) + 0.1 * (lon - 105) * (lat - 35) + 0.1 * sqrt(abs(lon - 105))
            + (20 * sin(6 * (lon - 105) * pi()) + 20 * sin(2 * (lon - 105) * pi())) * (2 / 3)
            + (20 * sin((lon - 105) * pi()) + 40 * sin((lon - 105) / 3 * pi())) * (2 / 3)
            + (150 * sin((lon - 105) / 12 * pi()) + 300 * sin((lon - 105) / 30 * pi())) * (2 / 3)) * 180)
            / (6378245 / sqrt(1 - 0.006693421622965943 * pow(sin(lat / 180 * pi()), 2)) * cos(lat / 180 * pi()) * pi()),
        lat + ((-100 + 2 * (lon - 105) + 3 * (lat - 35) + 0.2 * (lat - 35) * (lat - 35) + 0.1 * (lon - 105) * (lat - 35) + 0.2 * sqrt(abs(lon - 105))
            + (20 * sin(6 * (lon - 105) * pi()) + 20 * sin(2 * (lon - 105) * pi())) * (2 / 3)
            + (20 * sin((lat - 35) * pi()) + 40 * sin((lat - 35) / 3 * pi())) * (2 / 3)
            + (160 * sin((lat - 35) / 12 * pi()) + 320 * sin((lat - 35) * pi() / 30)) * (2 / 3)) * 180)
            / (6378245 * (1 - 0.006693421622965943) / pow(1 - 0.006693421622965943 * pow(sin(lat / 180 * pi()), 2), 1.5) * pi())
    )
);
