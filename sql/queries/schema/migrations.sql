-- What the ledger knows of each migration.
SELECT number, name, sha256, statements_done, started_at, finished_at
FROM raw_schema_migrations FINAL
ORDER BY number
