-- A code that is packed anew keeps the way that it came: the shipments of its former containers are its own up to then.
ALTER TABLE raw_mart_code_journeys {{on_cluster}}
    ADD COLUMN IF NOT EXISTS former_parents Array(String) COMMENT 'other cases or pallets that contained it before, by the scans that name them' AFTER parent_code,
    ADD COLUMN IF NOT EXISTS former_until Array(DateTime64(3, 'UTC')) COMMENT 'when a scan first named another container after each of them' AFTER former_parents;
