-- What counts how much in a dealer's score. Edit the numbers and run `npm run migrate`: the score follows at once. They need not
-- sum to anything; a part of weight 0 is shown and does not count.
CREATE OR REPLACE VIEW mart_dealer_score_weights {{on_cluster}}
(
    part LowCardinality(String) COMMENT 'part of the score, as in mart_dealer_score_parts',
    weight Float64 COMMENT 'its weight, 0 or more'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    entry.1 AS part,
    toFloat64(entry.2) AS weight
FROM
(
    SELECT arrayJoin(
    [
        ('growth', 20),
        ('sell_through', 20),
        ('fill', 10),
        ('payment', 15),
        ('price_compliance', 15),
        ('diversion', 10),
        ('data_quality', 10)
    ]) AS entry
)
COMMENT 'Weights of the dealer score (D8)'
