-- A case that people have taken up stands when its evidence is explained or taken back; since when it does so was told nowhere.
ALTER TABLE raw_mart_diversion_cases {{on_cluster}}
    ADD COLUMN IF NOT EXISTS lapsed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'since when what is known would raise it no more, though it stands; null = it stands on evidence' AFTER reason;
