-- Whether a place in a division (GB/T 2260) may lie in one of others: 330000 holds all 33xxxx, 330100 all 3301xx, 330106 itself. A wider code
-- is a place that is not known more closely, so it may lie in what is within it: outlines end at prefectures, and whoever is found in
-- 330100 may be in 330106. Equal to `mayLieIn` of models/geo/adcode.ts.
--   SELECT core_adcode_within('330100', ['330106'])
CREATE OR REPLACE FUNCTION core_adcode_within {{on_cluster}} AS (adcode, divisions) -> adcode != '' AND arrayExists(
    division -> startsWith(
            adcode,
            substring(division, 1, if(endsWith(division, '0000') OR endsWith(adcode, '0000') OR substring(division, 1, 2) IN ('11', '12', '31', '50', '71', '81', '82'), 2, 4)))
        AND (endsWith(adcode, '00') OR endsWith(division, '00') OR adcode = division),
    CAST(divisions, 'Array(String)')
);
