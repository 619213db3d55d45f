-- Visits of stages, folded once when the order changes: folding them in each query costs a hundred times what reading them does.
ALTER TABLE raw_mart_order_lines {{on_cluster}}
    ADD COLUMN IF NOT EXISTS visited Array(LowCardinality(String)) COMMENT 'the stages as visits: the same stage again (a second part shipped) goes on with the visit' AFTER entered_qty,
    ADD COLUMN IF NOT EXISTS visited_from Array(DateTime64(3, 'UTC')) COMMENT 'when each visit began' AFTER visited,
    ADD COLUMN IF NOT EXISTS visited_until Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'when each visit ended; null = it has not' AFTER visited_from;
