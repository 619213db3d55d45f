-- Whether a point (WGS84 degrees) lies within a GeoJSON Polygon or MultiPolygon given as text; holes are outside.
CREATE OR REPLACE FUNCTION core_point_in_geojson {{on_cluster}} AS (lon, lat, geojson) -> arrayExists(
    rings -> pointInPolygon((lon, lat), rings),
    if(
        JSONExtractString(geojson, 'type') = 'Polygon',
        [JSONExtract(geojson, 'coordinates', 'Array(Array(Tuple(Float64, Float64)))')],
        JSONExtract(geojson, 'coordinates', 'Array(Array(Array(Tuple(Float64, Float64))))')
    )
);
