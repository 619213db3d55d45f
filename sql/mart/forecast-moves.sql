-- By how many units planners have moved a week of a forecast's days, from one of their overrides to the next: what final_qty of its days (mart_forecasts)
-- adds up to, less their means. An override of a week is what its days add up to, unless those that were overridden since are more, or all of them.
-- SELECT * FROM raw_forecast_moves WHERE forecast_version = '…'
CREATE OR REPLACE VIEW raw_forecast_moves {{on_cluster}}
(
    forecast_version String COMMENT 'the version',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    first_day Date32 COMMENT 'first of the seven days, or fewer at the end of the version',
    since DateTime64(3, 'UTC') COMMENT 'when the override was made that moved them so',
    until DateTime64(3, 'UTC') COMMENT 'when the next one was; 2299 = none since',
    moved_qty Float64 COMMENT 'what final_qty of the days adds up to, less their means, units'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    changed AS
    (
        SELECT
            forecast_version, dealer_id, sku_id,
            arraySort(c -> c.1, groupArray((revision, override_at, toString(bucket_grain), bucket_start, toFloat64(override_qty)))) AS changes
        FROM raw_mart_forecast_overrides
        GROUP BY forecast_version, dealer_id, sku_id
    ),
    weeks AS
    (
        SELECT
            forecast_version, dealer_id, sku_id,
            bucket_start - toIntervalDay((horizon_step - 1) % 7) AS first_day,
            groupArray((bucket_start, toFloat64(mean))) AS days
        FROM raw_mart_forecasts
        WHERE bucket_grain = 'day' AND (forecast_version, dealer_id, sku_id) IN (SELECT forecast_version, dealer_id, sku_id FROM raw_mart_forecast_overrides)
        GROUP BY forecast_version, dealer_id, sku_id, first_day
    ),
    -- A row for each override of a week or of one of its days, with all up to it. Only whole weeks of days are moved together.
    states AS
    (
        SELECT
            forecast_version, dealer_id, sku_id, first_day, days, of_week[i].2 AS since,
            if(i < length(of_week), of_week[i + 1].2, toDateTime64('2299-12-31', 3, 'UTC')) AS until,
            arraySlice(of_week, 1, i) AS made
        FROM
        (
            SELECT
                forecast_version, dealer_id, sku_id, first_day, days,
                arrayFilter(c -> if(c.3 = 'week', length(days) = 7 AND c.4 = first_day, c.4 >= first_day AND c.4 < first_day + toIntervalDay(7)), changes) AS of_week
            FROM weeks
            INNER JOIN changed USING (forecast_version, dealer_id, sku_id)
        )
        ARRAY JOIN arrayEnumerate(of_week) AS i
    ),
    held AS
    (
        SELECT
            *,
            arrayLast(c -> c.3 = 'week', made) AS whole,
            arrayMap(d -> arrayLast(c -> c.3 = 'day' AND c.4 = d.1, made), days) AS of_days,
            isNotNull(whole.5) AS is_whole,
            -- Days that were overridden after their week hold.
            arrayMap(c -> isNotNull(c.5) AND (NOT is_whole OR c.1 > whole.1), of_days) AS are_held,
            arraySum(arrayMap((c, is_held) -> if(is_held, assumeNotNull(c.5), 0), of_days, are_held)) AS held_qty,
            arraySum(arrayMap((d, is_held) -> if(is_held, 0, d.2), days, are_held)) AS other_qty
        FROM states
    )
SELECT
    forecast_version, dealer_id, sku_id, first_day, since, until,
    multiIf(NOT is_whole, held_qty + other_qty, countEqual(are_held, 0) = 0, held_qty, greatest(assumeNotNull(whole.5), held_qty)) - arraySum(arrayMap(d -> d.2, days)) AS moved_qty
FROM held
COMMENT 'By how many units overrides move the weeks of days of a forecast, from each override to the next'
