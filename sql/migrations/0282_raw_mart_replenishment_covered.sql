-- A lead time beyond the forecast's end is told as it is, and how much of it the forecast covers beside it. Until now it was cut.
ALTER TABLE raw_mart_replenishment {{on_cluster}}
    ADD COLUMN IF NOT EXISTS covered_days Float64 DEFAULT lead_time_days + review_days COMMENT 'days of lead and review time that the forecast covers; fewer than both together = demand beyond its end is not in the target' AFTER review_days;
