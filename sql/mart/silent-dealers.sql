CREATE OR REPLACE VIEW mart_silent_dealers {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    last_day Date32 COMMENT 'last local day with an order event or a stock snapshot of it',
    active_days UInt64 COMMENT 'such days in the last 90',
    usual_gap_days Float64 COMMENT 'median days from one such day to the next',
    silent_days Int64 COMMENT 'days since the last one',
    is_silent Bool COMMENT 'silent for more than 3 x its usual gap: its feed may be broken. A dealer whose days come as usual but bring no sales is not silent'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    days AS
    (
        SELECT dealer_id, day FROM raw_mart_sales_days FINAL WHERE day > today - 90
        UNION DISTINCT
        SELECT dealer_id, day FROM raw_mart_stock_days FINAL WHERE day > today - 90
    ),
    sorted AS (SELECT dealer_id, arraySort(groupArray(day)) AS path FROM days GROUP BY dealer_id)
SELECT
    dealer_id,
    path[-1] AS last_day,
    length(path) AS active_days,
    if(length(path) > 1, arrayReduce('median', arrayMap(i -> toFloat64(dateDiff('day', path[i], path[i + 1])), range(1, length(path)))), 1) AS usual_gap_days,
    dateDiff('day', path[-1], today) AS silent_days,
    toBool(length(path) > 2 AND silent_days > 3 * usual_gap_days) AS is_silent
FROM sorted
COMMENT 'Dealers that have stopped sending anything, told apart from dealers that sell nothing (D1)'
