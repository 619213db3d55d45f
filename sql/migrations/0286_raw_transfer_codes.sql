-- Codes that came to another dealer under an approved transfer: up to the quantity decided they are at home in its territory too.
CREATE TABLE IF NOT EXISTS raw_transfer_codes {{on_cluster}}
(
    suggestion_id String COMMENT 'the transfer',
    code String COMMENT 'the code that the receiving dealer scanned',
    parent_code String COMMENT 'the case or pallet that contains it; empty = none is known',
    from_dealer_id LowCardinality(String) COMMENT 'the dealer that gives, to whom the goods had been shipped',
    to_dealer_id LowCardinality(String) COMMENT 'the dealer that receives',
    received_at DateTime64(3, 'UTC') COMMENT 'its first scan of the code after the approval',
    units Float64 COMMENT 'units under the code',
    version UInt64 COMMENT 'run that found it; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = it is not under the transfer after all'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (code, suggestion_id)
COMMENT 'Codes received under approved transfers. Read with FINAL';
