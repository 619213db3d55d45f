-- Units packed in each of some cases or pallets (a pallet's are those of its cases). They are sent along as the table `asked`.
-- echo '{"code":"CASE-1"}' | clickhouse-client --external --file=- --name=asked --structure='code String' --format=JSONEachRow
WITH
    inner_codes AS
    (
        SELECT code, parent_code AS container, level
        FROM raw_mart_code_journeys FINAL
        WHERE parent_code IN (SELECT code FROM asked)
    ),
    units AS
    (
        SELECT container FROM inner_codes WHERE level = 'unit'
        UNION ALL
        SELECT cases.container
        FROM raw_mart_code_journeys AS journeys FINAL
        INNER JOIN (SELECT code, container FROM inner_codes WHERE level = 'case') AS cases ON cases.code = journeys.parent_code
        WHERE journeys.parent_code IN (SELECT code FROM inner_codes WHERE level = 'case') AND journeys.level = 'unit'
    )
SELECT container AS code, count() AS units
FROM units
GROUP BY code
