-- One forecast version.
INSERT INTO raw_mart_forecast_versions (forecast_version, as_of, generated_at, seed, series, days, weeks, choices, accuracy)
SELECT
    {version: String}, toDateTime64('2026-11-23 16:00:00', 3, 'UTC'), toDateTime64('2026-11-24 01:02:03.456', 3, 'UTC'), 1,
    {dealers: UInt32} * {skus: UInt32}, 28, 12, '{}',
    '[{"level":"dealer_week","points":10,"wape":0.25,"bias":0.01,"naive_wape":0.5,"coverage_p80":0.8}]'
