CREATE OR REPLACE VIEW mart_diversion_alerts {{on_cluster}}
(
    alert_id String COMMENT 'stable id of the case',
    state LowCardinality(String) COMMENT 'where it stands',
    severity LowCardinality(String) COMMENT 'critical, warning or info',
    kinds Array(LowCardinality(String)) COMMENT 'the signals that it rests on',
    confidence Float64 COMMENT 'probability that it is real',
    value Decimal(38, 6) COMMENT 'value of the goods; 0 when no price is known',
    origin_dealer_id LowCardinality(String) COMMENT 'the dealer that the goods were shipped to',
    origin_dealer_name String COMMENT 'its name now, else when the case last had an event; empty = not known',
    origin_adcode String COMMENT 'its division, likewise',
    found_dealer_id LowCardinality(String) COMMENT 'the dealer that had them; empty = none did',
    found_dealer_name String COMMENT 'its name, likewise',
    found_adcode LowCardinality(String) COMMENT 'prefecture in which they were found; empty = no one region',
    found_territory_id LowCardinality(String) COMMENT 'territory whose outline holds the place in which they were found, where that is in no prefecture; empty = none, or no one region',
    sku_id LowCardinality(String) COMMENT 'the product',
    sku_name String COMMENT 'its name, likewise',
    lot LowCardinality(String) COMMENT 'production lot; empty = not known',
    codes Array(String) COMMENT 'up to 100 of the codes, in order of time',
    raised_at DateTime64(3, 'UTC') COMMENT 'when it was raised',
    merged_into String COMMENT 'the case that it is part of; empty = it stands alone or leads',
    alert String COMMENT 'the case as the contract''s alert, JSON'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- A dealer or product that holds no more is still told by the name that it had then.
    (now_known, then_known) -> coalesce(nullIf(now_known, ''), then_known, '') AS either,
    -- As live frames tell it: the same amount in one form, with at least two decimals.
    amount -> if(position(amount, '.') = 0, amount || '.00', if(position(amount, '.') = length(amount) - 1, amount || '0', amount)) AS money_of,
    t -> formatDateTime(t, '%FT%T', 'UTC') || '.' || leftPad(toString(toUnixTimestamp64Milli(t) % 1000), 3, '0') || 'Z' AS instant_of,
    [
        '"alert_id":' || toJSONString(alert_id),
        '"state":' || toJSONString(state),
        '"severity":' || toJSONString(severity),
        '"kinds":' || toJSONString(kinds),
        '"confidence":' || toString(confidence),
        '"origin_dealer_id":' || toJSONString(origin_dealer_id),
        if(found_dealer_id = '', '', '"found_dealer_id":' || toJSONString(found_dealer_id)),
        if(found_adcode = '', '', '"found_adcode":' || toJSONString(found_adcode)),
        if(found_territory_id = '', '', '"found_territory_id":' || toJSONString(found_territory_id)),
        '"sku_id":' || toJSONString(sku_id),
        if(lot = '', '', '"lot":' || toJSONString(lot)),
        '"units":' || toString(units),
        '"value":"' || money_of(toString(value)) || '"',
        '"currency":' || toJSONString(currency),
        '"codes":' || toJSONString(codes),
        '"first_event_time":"' || instant_of(first_event_time) || '\"',
        '"last_event_time":"' || instant_of(last_event_time) || '\"',
        '"raised_at":"' || instant_of(raised_at) || '\"',
        '"updated_at":"' || instant_of(updated_at) || '\"',
        if(assignee = '', '', '"assignee":' || toJSONString(assignee)),
        if(reason = '', '', '"reason":' || toJSONString(reason)),
        if(lapsed_at IS NULL, '', '"lapsed_at":"' || instant_of(assumeNotNull(lapsed_at)) || '\"'),
        if(merged_into = '', '', '"merged_into":' || toJSONString(merged_into)),
        if(empty(member_ids), '', '"member_ids":' || toJSONString(member_ids))
    ] AS fields
SELECT
    alert_id,
    state,
    severity,
    kinds,
    confidence,
    value,
    origin_dealer_id,
    either(
        dictGet('raw_dealer_versions', 'name', tuple(toString(origin_dealer_id)), now64(3, 'UTC')),
        dictGet('raw_dealer_versions', 'name', tuple(toString(origin_dealer_id)), last_event_time)) AS origin_dealer_name,
    either(
        dictGet('raw_dealer_versions', 'adcode', tuple(toString(origin_dealer_id)), now64(3, 'UTC')),
        dictGet('raw_dealer_versions', 'adcode', tuple(toString(origin_dealer_id)), last_event_time)) AS origin_adcode,
    found_dealer_id,
    either(
        dictGet('raw_dealer_versions', 'name', tuple(toString(found_dealer_id)), now64(3, 'UTC')),
        dictGet('raw_dealer_versions', 'name', tuple(toString(found_dealer_id)), last_event_time)) AS found_dealer_name,
    found_adcode,
    found_territory_id,
    sku_id,
    either(
        dictGet('raw_product_versions', 'name', tuple(toString(sku_id)), now64(3, 'UTC')),
        dictGet('raw_product_versions', 'name', tuple(toString(sku_id)), last_event_time)) AS sku_name,
    lot,
    codes,
    raised_at,
    merged_into,
    '{' || arrayStringConcat(arrayFilter(field -> field != '', fields), ',') || '}' AS alert
FROM raw_mart_diversion_cases FINAL
COMMENT 'Cases of diversion as the HTTP contract has them, with what they are looked for by'
