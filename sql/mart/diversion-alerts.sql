CREATE OR REPLACE VIEW mart_diversion_alerts {{on_cluster}}
(
    alert_id String COMMENT 'stable id of the case',
    state LowCardinality(String) COMMENT 'where it stands',
    kinds Array(LowCardinality(String)) COMMENT 'the signals that it rests on',
    raised_at DateTime64(3, 'UTC') COMMENT 'when it was raised',
    merged_into String COMMENT 'the case that it is part of; empty = it stands alone or leads',
    alert String COMMENT 'the case as the contract''s alert, JSON'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
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
        '"sku_id":' || toJSONString(sku_id),
        if(lot = '', '', '"lot":' || toJSONString(lot)),
        '"units":' || toString(units),
        '"value":"' || toString(value) || '"',
        '"currency":' || toJSONString(currency),
        '"codes":' || toJSONString(codes),
        '"first_event_time":"' || instant_of(first_event_time) || '\"',
        '"last_event_time":"' || instant_of(last_event_time) || '\"',
        '"raised_at":"' || instant_of(raised_at) || '\"',
        '"updated_at":"' || instant_of(updated_at) || '\"',
        if(assignee = '', '', '"assignee":' || toJSONString(assignee)),
        if(reason = '', '', '"reason":' || toJSONString(reason)),
        if(merged_into = '', '', '"merged_into":' || toJSONString(merged_into)),
        if(empty(member_ids), '', '"member_ids":' || toJSONString(member_ids))
    ] AS fields
SELECT
    alert_id,
    state,
    kinds,
    raised_at,
    merged_into,
    '{' || arrayStringConcat(arrayFilter(field -> field != '', fields), ',') || '}' AS alert
FROM raw_mart_diversion_cases FINAL
COMMENT 'Cases of diversion as the HTTP contract has them'
