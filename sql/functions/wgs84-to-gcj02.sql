-- (lon, lat) in WGS84 → (lon, lat) in GCJ-02, degrees: the shift of Chinese maps. Equal to models/geo/datum.ts, which says its source.
-- 6378245 m and 0.006693421622965943 are the semi-major axis and squared eccentricity of Krasovsky 1940, 6335552.717000426 m the axis
-- times one less the latter; waves are given by their frequency (π 6, 2, 1, 1/3, 1/12, 1/30) and height in metres. What is used again
-- is an argument of a lambda: a function's text stands in every query that calls it, and ClickHouse analyses each copy.
CREATE OR REPLACE FUNCTION core_wgs84_to_gcj02 {{on_cluster}} AS (lon, lat) -> if(
    lon < 72.004 OR lon > 137.8347 OR lat < 0.8293 OR lat > 55.8271,
    (lon, lat),
    arrayMap(
        (x, y, magic) -> (
            lon + degrees(sqrt(magic) / (6378245 * cos(radians(lat))) * (300 + x + 2 * y + 0.1 * x * (x + y) + 0.1 * sqrt(abs(x))
                + arraySum((frequency, height) -> height * sin(frequency * x),
                    [18.84955592153876, 6.283185307179586, 3.141592653589793, 1.0471975511965976, 0.2617993877991494, 0.10471975511965977],
                    [40 / 3, 40 / 3, 40 / 3, 80 / 3, 100, 200]))),
            lat + degrees(magic * sqrt(magic) / 6335552.717000426 * (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
                + arraySum((frequency, height, of) -> height * sin(frequency * of),
                    [18.84955592153876, 6.283185307179586, 3.141592653589793, 1.0471975511965976, 0.2617993877991494, 0.10471975511965977],
                    [40 / 3, 40 / 3, 40 / 3, 80 / 3, 320 / 3, 640 / 3],
                    [x, x, y, y, y, y])))
        ),
        [lon - 105], [lat - 35], [1 - 0.006693421622965943 * pow(sin(radians(lat)), 2)]
    )[1]
);
