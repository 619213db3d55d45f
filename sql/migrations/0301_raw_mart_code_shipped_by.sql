-- A shipment to a dealer of another territory counts as its supply only from the manufacturer, from whom it buys, or under an approved transfer.
ALTER TABLE raw_mart_code_journeys {{on_cluster}}
    ADD COLUMN IF NOT EXISTS shipped_by Array(LowCardinality(String)) COMMENT 'the dealer whose scan each of them is' AFTER shipped_to;
