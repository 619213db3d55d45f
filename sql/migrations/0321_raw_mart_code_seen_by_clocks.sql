-- The dealer that goods are meant for may receive them by a clock that is behind the shipper's.
ALTER TABLE raw_mart_code_journeys {{on_cluster}}
    COMMENT COLUMN next_seen_at 'the first scan after each of them, packing left out, by another hand than shipped it (by whom it is meant for, also one up to 15 minutes before: clocks differ); null = none',
    COMMENT COLUMN seen_at 'its first scan at or after receiving that follows its first shipping, by whom that is meant for from 15 minutes before it on; null = none';

ALTER TABLE raw_mart_code_legs {{on_cluster}}
    COMMENT COLUMN next_seen_at 'the first scan after it, packing left out, by another hand than shipped it (by whom it is meant for, also one up to 15 minutes before: clocks differ); null = none';
