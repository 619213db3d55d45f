-- Outlines of the prefectures that territories name by their codes, and of those in which scans were found: what positions are judged by.
-- clickhouse-client --param_adcodes="['330000']" --param_found_adcodes="['320100']"
SELECT adcode, name, province_name, multipolygon
FROM core_prefectures
WHERE core_adcode_within(adcode, {adcodes: Array(String)}) OR adcode IN {found_adcodes: Array(String)}
ORDER BY adcode
