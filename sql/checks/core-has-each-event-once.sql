-- The core view has each (source, event_id) of the ledger exactly once: none lost, none twice, none invented. What its sender
-- declared an error (`retracted`) it does not have.
-- clickhouse-client --param_event_type=order --param_raw=raw_orders --param_core=core_orders
SELECT source, event_id, sum(in_ledger) AS in_ledger, sum(in_core) AS in_core
FROM
(
    SELECT source, event_id, 1 AS in_ledger, 0 AS in_core
    FROM {raw: Identifier}
    WHERE (source, event_id) NOT IN (SELECT source, event_id FROM raw_event_conflicts WHERE event_type = {event_type: String} AND why = 'retracted')
    GROUP BY source, event_id
    UNION ALL
    SELECT source, event_id, 0 AS in_ledger, 1 AS in_core FROM {core: Identifier}
)
GROUP BY source, event_id
HAVING in_ledger != in_core
ORDER BY ALL
LIMIT 100
