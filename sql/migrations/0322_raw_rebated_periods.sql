-- What a rebate programme gives back for a period that is over, and what was paid for it beyond that, lowers the price of all that was ordered in it.
CREATE TABLE IF NOT EXISTS raw_rebated_periods {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of what it bought',
    first_day Date32 COMMENT 'first local day of the period',
    end_day Date32 COMMENT 'first local day after it',
    rate Float64 COMMENT 'what programmes give for the period, and what was paid beyond their highest rates, as a share of what was bought in it',
    version UInt64 COMMENT 'the run that found it',
    is_deleted UInt8 COMMENT '1 = nothing is given back any more'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (dealer_id, currency, first_day, end_day)
COMMENT 'Periods for which dealers are given rebates that name no order, for the prices below the floor. Read with FINAL';

-- Orders of the month that a dealer has come to change nothing of what it was given for periods that are over: such dealers are not read.
CREATE TABLE IF NOT EXISTS raw_rebated_dealers {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    come_to SimpleAggregateFunction(max, Date32) COMMENT 'first local day of the month of its newest order event, when its periods were last looked at'
)
ENGINE = {{engine_everywhere:AggregatingMergeTree}}
ORDER BY dealer_id
COMMENT 'How far the orders of dealers have come for raw_rebated_periods. Read with GROUP BY'
