-- The events that place an order line again: its figures count the first placing alone, as the read model of lines does. Of all days ([]), or of
-- the lines placed on some UTC days; as known at a time. Rows that the lines have ended are looked at too: what is a later placing is told by the events.
-- SELECT * FROM raw_later_placings(known_at = '2299-12-31', utc_days = ['2026-11-22', '2026-11-23', '2026-11-24'])
CREATE OR REPLACE VIEW raw_later_placings {{on_cluster}}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    again AS
    (
        SELECT dealer_id, order_id, line_no, placed_at
        FROM raw_mart_lines_placed_again
        WHERE empty({utc_days: Array(Date)}) OR (dealer_id, order_id, line_no) IN
            (SELECT dealer_id, order_id, line_no FROM raw_mart_lines_placed_again WHERE toDate(placed_at) IN {utc_days: Array(Date)})
    ),
    lines AS
    (
        -- Of two placings of one instant that of the lower id is the first, as in mart_order_lines.
        SELECT dealer_id, order_id, line_no, arrayPopFront(arraySort(groupArray((event_time, source, event_id)))) AS later
        FROM core_orders
        WHERE stage = 'placed' AND toDate(event_time) IN (SELECT toDate(placed_at) FROM again) AND dealer_id IN (SELECT dealer_id FROM again)
          AND (dealer_id, order_id, line_no) IN (SELECT dealer_id, order_id, line_no FROM again) AND ingested_at <= {known_at: DateTime64(3, 'UTC')}
        GROUP BY dealer_id, order_id, line_no
    )
SELECT dealer_id, order_id, line_no, one.2 AS source, one.3 AS event_id
FROM lines
ARRAY JOIN later AS one
COMMENT 'Events that place an order line again: they count in no figure of what was placed';
