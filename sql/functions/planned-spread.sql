-- How far apart two quantiles of a forecast lie when a planner puts `planned` units in the place of its mean `baseline`. Cut: in proportion,
-- the forecast errs by the same share. Raised: with the root of the factor, the variance in proportion to the mean as counts have it; in
-- proportion, one large order planned for a dealer who rarely orders would ask for several of them as safety. From nothing: as it was.
CREATE OR REPLACE FUNCTION core_planned_spread {{on_cluster}} AS (spread, baseline, planned) -> if(
    baseline > 0,
    spread * least(planned / baseline, sqrt(planned / baseline)),
    spread
);
