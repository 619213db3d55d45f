-- One dealer as it stands now, with its licence, how it came on board, and whether it has fallen silent.
-- clickhouse-client --param_dealer_id=D1
SELECT
    dealers.dealer_id AS dealer_id, name, tier, ifNull(parent_dealer_id, '') AS parent_dealer_id, territory_id, ifNull(adcode, '') AS adcode,
    lat, lon, status, ifNull(dealers.wave, '') AS wave, valid_from,
    toString(licences.licence_expires) AS licence_expires, licences.days_left AS licence_days_left, ifNull(licences.state, 'unknown') AS licence_state,
    onboarding.contracted_at AS contracted_at, first_login_at, first_order_at, first_scan_at, ifNull(step, '') AS onboarding_step,
    toString(silent.last_day) AS last_day, silent.silent_days AS silent_days, silent.usual_gap_days AS usual_gap_days, ifNull(silent.is_silent, false) AS is_silent
FROM core_dealers AS dealers
LEFT JOIN mart_licences AS licences ON licences.dealer_id = dealers.dealer_id
LEFT JOIN mart_onboarding AS onboarding ON onboarding.dealer_id = dealers.dealer_id
LEFT JOIN (SELECT * FROM mart_silent_dealers WHERE dealer_id = {dealer_id: String}) AS silent ON silent.dealer_id = dealers.dealer_id
WHERE is_current AND dealers.dealer_id = {dealer_id: String}
SETTINGS join_use_nulls = 1
