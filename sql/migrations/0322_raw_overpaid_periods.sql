-- A payment under a rebate programme that names a period and no order lowers the price of all that was ordered in that period, as far as it is
-- more than the programme promises at best.
CREATE TABLE IF NOT EXISTS raw_overpaid_periods {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer that was paid',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the payments',
    first_day Date32 COMMENT 'first local day of the period',
    end_day Date32 COMMENT 'first local day after it',
    rate Float64 COMMENT 'what was paid beyond the programmes'' highest rates, as a share of what was ordered in the period and not cancelled',
    version UInt64 COMMENT 'the run that found it',
    is_deleted UInt8 COMMENT '1 = nothing is overpaid any more'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (dealer_id, currency, first_day, end_day)
COMMENT 'Periods for which dealers were paid more rebate than their programmes promise, for the prices below the floor. Read with FINAL'
