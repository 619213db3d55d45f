-- By local days, what the cancellations of an order line change in what was ordered: each gives its units back to the day on which it was told,
-- where a sum by days takes them off, and all of them, no more than was ordered, go from the day on which the line was placed.
-- [(day, units)]; of one line they sum up to 0, unless more was cancelled than ordered.
CREATE OR REPLACE FUNCTION core_cancelled_days {{on_cluster}} AS (stages, entered_at, entered_qty, placed_at, ordered_qty, time_zone) -> arrayConcat(
    arrayMap((at_stage, at, part) -> (toDate32(at, time_zone), if(at_stage = 'cancelled', toFloat64(part), 0)), stages, entered_at, entered_qty),
    [(
        toDate32(placed_at, time_zone),
        -least(toFloat64(ordered_qty), arraySum(arrayMap((at_stage, part) -> if(at_stage = 'cancelled', toFloat64(part), 0), stages, entered_qty)))
    )]
);
