-- Versions of sales territories. Of two with one valid_from the one with the later event_time holds; the other is kept, with effective_to = valid_from.
CREATE OR REPLACE VIEW core_territories {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds',
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open',
    territory_id LowCardinality(String) COMMENT 'the territory',
    name String COMMENT 'name of the territory',
    adcodes Array(LowCardinality(String)) COMMENT 'divisions that it consists of; one stands for all within it; [] when left out',
    geometry Nullable(String) COMMENT 'outline, GeoJSON (WGS84) as text; null when left out',
    effective_to DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds no more: the earlier of valid_to and the valid_from of the next; 2299-12-31 = open',
    is_current Bool COMMENT 'whether it holds now',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS open_end,
    versions AS
    (
        SELECT event_id, source, event_time, valid_from, valid_to, territory_id, name, adcodes, geometry, _ingested_at, bitNot(_precedence) AS ingest_place
        FROM raw_territories_by_key FINAL
        WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'territory')
    ),
    ranges AS
    (
        SELECT
            *,
            leadInFrame(valid_from, 1, open_end) OVER
            (
                PARTITION BY territory_id
                ORDER BY valid_from, event_time, ingest_place
                ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
            ) AS next_valid_from
        FROM versions
    )
SELECT
    event_id, source, event_time, valid_from, valid_to, territory_id, name, adcodes, geometry,
    least(ifNull(valid_to, open_end), next_valid_from) AS effective_to,
    toBool(valid_from <= now64(3, 'UTC') AND now64(3, 'UTC') < effective_to) AS is_current,
    _ingested_at AS ingested_at
FROM ranges
COMMENT 'Versions of sales territories, each with the time through which it holds';
