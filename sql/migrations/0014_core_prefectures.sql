-- Where places are: loaded from sql/geo by the migrator whenever that data changes, as a whole.
CREATE TABLE IF NOT EXISTS core_prefectures {{on_cluster}}
(
    adcode LowCardinality(String) COMMENT 'GB/T 2260 code of the prefecture, or of the municipality or county that stands in its place',
    name String COMMENT 'full Chinese name',
    name_en String COMMENT 'English name without its kind',
    province_adcode LowCardinality(String) COMMENT 'code of its province',
    province_name LowCardinality(String) COMMENT 'full Chinese name of its province',
    province_name_en LowCardinality(String) COMMENT 'English name of its province',
    lon Float64 COMMENT 'longitude of a point inside it, WGS84 degrees',
    lat Float64 COMMENT 'latitude of a point inside it, WGS84 degrees',
    multipolygon Array(Array(Array(Tuple(Float64, Float64)))) COMMENT 'outline: polygons of rings of (lon, lat), WGS84 degrees; the first ring is the outer one' CODEC(ZSTD(3))
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY adcode
COMMENT 'Prefectures of China with their outlines';

-- Filled first and then put in the place of the other in one step.
CREATE TABLE IF NOT EXISTS raw_prefectures_next {{on_cluster}}
(
    adcode LowCardinality(String) COMMENT 'as in core_prefectures',
    name String COMMENT 'as in core_prefectures',
    name_en String COMMENT 'as in core_prefectures',
    province_adcode LowCardinality(String) COMMENT 'as in core_prefectures',
    province_name LowCardinality(String) COMMENT 'as in core_prefectures',
    province_name_en LowCardinality(String) COMMENT 'as in core_prefectures',
    lon Float64 COMMENT 'as in core_prefectures',
    lat Float64 COMMENT 'as in core_prefectures',
    multipolygon Array(Array(Array(Tuple(Float64, Float64)))) COMMENT 'as in core_prefectures' CODEC(ZSTD(3))
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY adcode
COMMENT 'The prefectures that are being loaded';
