CREATE OR REPLACE VIEW mart_dealer_actions {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'a dealer whose version valid now is contracted or active',
    name String COMMENT 'its name',
    adcode LowCardinality(String) COMMENT 'its division; empty = not known',
    wave LowCardinality(String) COMMENT 'roll-out wave that it came in with; empty = none',
    orders UInt64 COMMENT 'orders placed in the last 28 days (672 hours)',
    scans UInt64 COMMENT 'scans in them',
    snapshots UInt64 COMMENT 'days in them with a stock snapshot',
    activities UInt64 COMMENT 'logins, trainings, returns, leads and tickets in them',
    actions UInt64 COMMENT 'sum of the four',
    trained Bool COMMENT 'whether its people ever completed a training'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    now64(3, 'UTC') AS now_at,
    dealers AS
    (
        SELECT dealer_id, core_dealers.name AS dealer_name, ifNull(core_dealers.adcode, '') AS place, ifNull(core_dealers.wave, '') AS came_with
        FROM core_dealers
        WHERE is_current AND status IN ('contracted', 'active')
    ),
    acts AS
    (
        SELECT dealer_id, 'order' AS kind, uniqExact(order_id) AS n
        FROM core_orders WHERE stage = 'placed' AND event_time > now_at - INTERVAL 28 DAY AND event_time <= now_at GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'scan', count() FROM core_scans WHERE event_time > now_at - INTERVAL 28 DAY AND event_time <= now_at GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'snapshot', uniqExact(toDate32(event_time, '{{time_zone}}'))
        FROM core_stock WHERE event_time > now_at - INTERVAL 28 DAY AND event_time <= now_at GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'activity', count() FROM core_activity WHERE event_time > now_at - INTERVAL 28 DAY AND event_time <= now_at GROUP BY dealer_id
        UNION ALL
        SELECT dealer_id, 'training', count() FROM core_activity WHERE kind = 'training_completed' AND event_time <= now_at GROUP BY dealer_id
    )
SELECT
    dealers.dealer_id AS dealer_id,
    any(dealers.dealer_name) AS name,
    any(dealers.place) AS adcode,
    any(dealers.came_with) AS wave,
    sumIf(acts.n, acts.kind = 'order') AS orders,
    sumIf(acts.n, acts.kind = 'scan') AS scans,
    sumIf(acts.n, acts.kind = 'snapshot') AS snapshots,
    sumIf(acts.n, acts.kind = 'activity') AS activities,
    sumIf(acts.n, acts.kind != 'training') AS actions,
    toBool(sumIf(acts.n, acts.kind = 'training') > 0) AS trained
FROM dealers
LEFT JOIN acts ON acts.dealer_id = dealers.dealer_id
GROUP BY dealer_id
COMMENT 'What contracted dealers did in 28 days: the base of adoption (D19, D22)'
