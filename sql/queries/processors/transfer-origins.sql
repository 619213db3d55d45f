-- To whom codes had last been shipped (themselves or what contained them) at a time, and what contains them. They are sent along as the
-- table `asked`.
-- echo '{"code":"CASE-1","at":"2026-11-24 12:00:00"}' | clickhouse-client --external --file=- --name=asked --structure="code String, at DateTime64(3, 'UTC')" --format=JSONEachRow
WITH
    parent_codes AS (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT code FROM asked)),
    own AS (SELECT * FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT code FROM asked)),
    parents AS (SELECT * FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT parent_code FROM parent_codes)),
    grandparents AS
    (
        SELECT * FROM raw_mart_code_journeys FINAL
        WHERE code IN (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT parent_code FROM parent_codes))
    ),
    formers AS
    (
        SELECT moves.code AS code, groupArrayArray(arrayFilter(s -> s.1 < moves.until, arrayMap((t, d, b) -> (t, d, b), boxes.shipped_at, CAST(boxes.shipped_to, 'Array(String)'), CAST(boxes.shipped_by, 'Array(String)')))) AS shipments
        FROM
        (
            SELECT code, former.1 AS container, former.2 AS until
            FROM own
            ARRAY JOIN arrayZip(former_parents, former_until) AS former
        ) AS moves
        INNER JOIN
        (
            SELECT code, shipped_at, shipped_to, shipped_by FROM raw_mart_code_journeys FINAL
            WHERE code IN (SELECT arrayJoin(former_parents) FROM raw_mart_code_journeys WHERE code IN (SELECT code FROM asked))
        ) AS boxes ON boxes.code = moves.container
        GROUP BY moves.code
    ),
    ways AS
    (
        SELECT
            own.code AS code, own.parent_code AS container,
            arraySort(arrayConcat(
                arrayMap((t, d, b) -> (t, d, b), own.shipped_at, CAST(own.shipped_to, 'Array(String)'), CAST(own.shipped_by, 'Array(String)')),
                arrayMap((t, d, b) -> (t, d, b), parents.shipped_at, CAST(parents.shipped_to, 'Array(String)'), CAST(parents.shipped_by, 'Array(String)')),
                arrayMap((t, d, b) -> (t, d, b), grandparents.shipped_at, CAST(grandparents.shipped_to, 'Array(String)'), CAST(grandparents.shipped_by, 'Array(String)')),
                formers.shipments)) AS shipments
        FROM own
        LEFT JOIN formers ON formers.code = own.code
        LEFT JOIN parents ON parents.code = own.parent_code
        LEFT JOIN grandparents ON grandparents.code = parents.parent_code
    )
SELECT asked.code AS code, asked.at AS at, ways.container AS parent_code, toString(tupleElement(arrayLast(s -> s.1 <= asked.at AND core_is_supply(s.3, s.2, s.1), ways.shipments), 2)) AS origin_dealer_id
FROM asked
INNER JOIN ways ON ways.code = asked.code
