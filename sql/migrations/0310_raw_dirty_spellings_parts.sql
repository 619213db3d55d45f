-- A fill notes in parts which codes are spelt in several ways: they come after the stretches of all others.
ALTER TABLE raw_dirty_spellings {{on_cluster}}
    COMMENT COLUMN version 'the run that noted it; while the mart is filled, the part that it is filled with';
