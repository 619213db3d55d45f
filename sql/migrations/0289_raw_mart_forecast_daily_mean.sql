-- What a version expects of a pair on a day, kept beside it: days of supply are asked every few seconds, and would add up 28 rows a pair.
ALTER TABLE raw_mart_forecast_series {{on_cluster}}
    ADD COLUMN IF NOT EXISTS daily_mean Nullable(Float64) COMMENT 'mean of the means of the days ahead, units a day; null in versions made before this was kept';
