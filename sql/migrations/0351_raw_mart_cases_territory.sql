-- Where a channel has no divisions of China, a case is about the territory in whose outline goods were found.
ALTER TABLE raw_mart_diversion_cases {{on_cluster}}
    ADD COLUMN IF NOT EXISTS found_territory_id LowCardinality(String) COMMENT 'territory whose outline holds the place, where that is in no prefecture; empty = none, or no one region' AFTER found_adcode;
ALTER TABLE raw_mart_diversion_signals {{on_cluster}}
    COMMENT COLUMN region 'prefecture, or (after the word territory) a territory where there are none, that its case is about; empty = no one';
