-- Where dealers are active, and whether training goes with it, in one province ('' = all).
-- clickhouse-client --user analyst --param_province='' --queries-file adoption-by-place.sql
SELECT adcode, name, contracted, active, active_rate, training_exposure, active_rate_trained, active_rate_untrained, reason
FROM mart_adoption_by_place
WHERE {province: String} = '' OR startsWith(adcode, substring({province: String}, 1, 2))
ORDER BY contracted DESC, adcode
