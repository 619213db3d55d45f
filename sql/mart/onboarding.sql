CREATE OR REPLACE VIEW mart_onboarding {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    wave LowCardinality(String) COMMENT 'roll-out wave that it came in with; empty = none',
    contracted_at DateTime64(3, 'UTC') COMMENT 'start of its first version with status contracted or active',
    first_login_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first login from then on; null = none yet',
    first_order_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first order placed from then on; null = none yet',
    first_scan_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first scan from then on; null = none yet',
    to_login_d Nullable(Float64) COMMENT 'days from contract to login',
    to_order_d Nullable(Float64) COMMENT 'days from login to order; negative where the order came first',
    to_scan_d Nullable(Float64) COMMENT 'days from order to scan; negative where the scan came first',
    step LowCardinality(String) COMMENT 'how far it has come in the order contract, login, order, scan: the last of them reached without a gap',
    reason String COMMENT 'why a dwell is null; empty = none is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    dealers AS
    (
        SELECT dealer_id, argMax(ifNull(core_dealers.wave, ''), valid_from) AS came_with, minIf(valid_from, status IN ('contracted', 'active')) AS since, countIf(status IN ('contracted', 'active')) AS versions
        FROM core_dealers
        WHERE effective_to > valid_from
        GROUP BY dealer_id
        HAVING versions > 0
    ),
    firsts AS
    (
        SELECT acts.dealer_id AS dealer_id, minOrNullIf(at, kind = 'login') AS login_at, minOrNullIf(at, kind = 'order') AS order_at, minOrNullIf(at, kind = 'scan') AS scan_at
        FROM
        (
            SELECT dealer_id, 'login' AS kind, event_time AS at FROM core_activity WHERE core_activity.kind = 'login'
            UNION ALL
            SELECT dealer_id, 'order', event_time FROM core_orders WHERE stage = 'placed'
            UNION ALL
            SELECT dealer_id, 'scan', event_time FROM core_scans
        ) AS acts
        INNER JOIN dealers ON dealers.dealer_id = acts.dealer_id
        WHERE at >= dealers.since
        GROUP BY dealer_id
    )
SELECT
    dealers.dealer_id AS dealer_id,
    dealers.came_with AS wave,
    dealers.since AS contracted_at,
    firsts.login_at AS first_login_at,
    firsts.order_at AS first_order_at,
    firsts.scan_at AS first_scan_at,
    dateDiff('millisecond', contracted_at, first_login_at) / 86400000 AS to_login_d,
    dateDiff('millisecond', first_login_at, first_order_at) / 86400000 AS to_order_d,
    dateDiff('millisecond', first_order_at, first_scan_at) / 86400000 AS to_scan_d,
    multiIf(first_login_at IS NULL, 'contract', first_order_at IS NULL, 'login', first_scan_at IS NULL, 'order', 'scan') AS step,
    multiIf(first_login_at IS NULL, 'no login yet', first_order_at IS NULL, 'no order yet', first_scan_at IS NULL, 'no scan yet', '') AS reason
FROM dealers
LEFT JOIN firsts ON firsts.dealer_id = dealers.dealer_id
COMMENT 'How dealers come on board (D15): contract, login, order, scan, and how long they stay at each'
