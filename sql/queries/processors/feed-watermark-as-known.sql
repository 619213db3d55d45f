-- Newest event time in a ledger of what had been written there by `known_at`, not beyond `as_of`; no row when nothing had.
-- clickhouse-client --param_raw=raw_orders --param_event_type=order --param_known_at='2026-11-24 12:00:00' --param_as_of='2026-11-24 12:00:00'
SELECT {event_type: String} AS event_type, least(max(event_time), {as_of: DateTime64(3, 'UTC')}) AS watermark
FROM {raw: Identifier}
WHERE _ingested_at <= {known_at: DateTime64(3, 'UTC')}
HAVING count() > 0
