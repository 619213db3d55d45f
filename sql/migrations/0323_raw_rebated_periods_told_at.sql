-- When what was paid beyond a programme's rates was booked: the last of the evidence of a price that it lowered.
ALTER TABLE raw_rebated_periods {{on_cluster}}
    ADD COLUMN IF NOT EXISTS told_at DateTime64(3, 'UTC') COMMENT 'event time of the last payment for the period, where payments go beyond the highest rates; 1970 = they do not' AFTER rate;
