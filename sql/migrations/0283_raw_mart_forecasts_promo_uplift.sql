-- What the promotions that are planned add to a forecast: its mean less what the same model expects without them.
ALTER TABLE raw_mart_forecasts {{on_cluster}}
    ADD COLUMN IF NOT EXISTS promo_uplift Nullable(Float32) COMMENT 'of the mean, what planned promotions add, units; null where it is not known: no promotion was ever told, a cold start, weeks' AFTER mean;
