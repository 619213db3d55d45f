CREATE OR REPLACE VIEW mart_case_budget {{on_cluster}}
(
    day Date32 COMMENT 'UTC day of the first event of the cases',
    cases UInt32 COMMENT 'cases beyond the budget of a day, which are not raised: more likely than not, but less sure than those that are',
    surest Float64 COMMENT 'the highest confidence among them'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT day, cases, surest
FROM raw_mart_case_budget FINAL
COMMENT 'Days on which more cases of diversion begin than investigators can look into (processors/settings/diversion.json); those as good as proven are raised however many there are'
