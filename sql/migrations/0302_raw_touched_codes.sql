-- Of the codes that new scans touch most say nothing that a rule would judge: which do is asked before any is read whole.
CREATE TABLE IF NOT EXISTS raw_touched_codes {{on_cluster}}
(
    code String COMMENT 'key of an item (core_item_key) that new scans touch',
    step LowCardinality(String) COMMENT 'how: scanned; moved (shipped or packed); container, outer = what it is or was in, and that in turn; content, inner = what is or was in it',
    version UInt64 COMMENT 'the run that noted it'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (version, step, code)
COMMENT 'Codes that the new scans of the running processor touch';

CREATE TABLE IF NOT EXISTS raw_suspect_codes {{on_cluster}}
(
    code String COMMENT 'a code of which a rule may have something to say',
    version UInt64 COMMENT 'the run that noted it'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (version, code)
COMMENT 'Codes that the running processor reads whole, of those that it evaluates anew';
