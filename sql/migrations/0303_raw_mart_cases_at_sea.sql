-- Cases of goods seen in no prefecture, as at sea, were about a region '00' that does not exist: no list of cases with one of them could be read.
ALTER TABLE raw_mart_diversion_cases {{on_cluster}}
    UPDATE found_adcode = '' WHERE found_adcode = '00';
