-- Notes the codes that new deliveries touch, and those by which their items were known until now.
INSERT INTO raw_dirty_spellings
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['scan'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    fresh AS
    (
        SELECT DISTINCT code
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM fresh
    UNION ALL
    SELECT arrayJoin(spellings) AS code
    FROM raw_mart_code_journeys AS known
    WHERE known.code IN (SELECT core_item_key(fresh.code) FROM fresh)
)
