-- Notes what new scans touch: the items scanned, which of them were shipped or packed, which cases and pallets were handled as such, and what
-- they are said to be in.
INSERT INTO raw_touched_codes
WITH deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['scan'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')}))
SELECT DISTINCT core_item_key(touched.1) AS item, touched.2 AS step, {version: UInt64} AS version
FROM
(
    SELECT arrayJoin(arrayFilter(one -> one.1 != '', [(code, 'scanned'), (if(moves, code, ''), 'moved'), (if(is_box, code, ''), 'box'), (named_parent, 'container')])) AS touched
    FROM
    (
        SELECT code, ifNull(parent_code, '') AS named_parent, biz_step = 'shipping' OR named_parent != '' AS moves,
            level != 'unit' AND biz_step IN ('receiving', 'stock_taking', 'inspecting', 'returning', 'unpacking') AS is_box
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
)
