-- The migrator's own memory. It runs this file at every start, before it can know anything: it has no row in it.

CREATE TABLE IF NOT EXISTS raw_schema_migrations {{on_cluster}}
(
    number UInt32 COMMENT 'number of the migration, the first four digits of its file''s name',
    name String COMMENT 'name of the migration, the rest of its file''s name',
    sha256 String COMMENT 'SHA-256 of the file, hex: an applied migration is never edited',
    statements UInt32 COMMENT 'how many statements it has',
    statements_done UInt32 COMMENT 'how many of them have been applied; the highest row of a number holds',
    started_at DateTime64(3, 'UTC') COMMENT 'when its first statement was begun',
    finished_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when its last statement was done; null = not yet'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(statements_done)}}
ORDER BY number
COMMENT 'Applied migrations, and how far an interrupted one got. Read with FINAL';

CREATE TABLE IF NOT EXISTS raw_schema_objects {{on_cluster}}
(
    file String COMMENT 'file under sql/ that defines a view, a dictionary, a function or loaded data',
    sha256 String COMMENT 'SHA-256 of its rendered text, hex: another one means apply it again',
    applied_at DateTime64(6, 'UTC') COMMENT 'when it was applied; the latest row of a file holds'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(applied_at)}}
ORDER BY file
COMMENT 'Views, dictionaries and functions as they were last applied. Read with FINAL';
