-- The prefecture that a point lies in: dictGetOrNull('raw_prefecture_polygons', 'adcode', (lon, lat)), WGS84 degrees.
-- The migrator loads it again when it has changed core_prefectures.
CREATE OR REPLACE DICTIONARY raw_prefecture_polygons {{on_cluster}}
(
    multipolygon Array(Array(Array(Tuple(Float64, Float64)))),
    adcode String
)
PRIMARY KEY multipolygon
SOURCE(CLICKHOUSE({{dictionary_access}} QUERY 'SELECT multipolygon, adcode FROM {{database}}.core_prefectures'))
LAYOUT(POLYGON())
LIFETIME(0)
COMMENT 'Outlines of the prefectures of China';
