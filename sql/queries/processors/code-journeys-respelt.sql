-- How many items scans may spell in more than one way: by a hash of their keys, so one too many now and then.
SELECT count() AS items
FROM
(
    SELECT sipHash64(core_item_key(spelling)) AS item
    FROM (SELECT code AS spelling FROM raw_scans_by_key GROUP BY code)
    GROUP BY item
    HAVING count() > 1
)
