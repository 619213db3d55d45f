-- How far dealers of a wave have come ('' = all).
-- clickhouse-client --user analyst --param_wave='' --queries-file onboarding-funnel.sql
SELECT wave, step, count() AS dealers, quantileExactInclusiveOrNull(0.5)(to_login_d) AS to_login_p50_d, quantileExactInclusiveOrNull(0.5)(to_order_d) AS to_order_p50_d
FROM mart_onboarding
WHERE {wave: String} = '' OR wave = {wave: String}
GROUP BY wave, step
ORDER BY wave, indexOf(['contract', 'login', 'order', 'scan'], step)
