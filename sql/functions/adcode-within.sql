-- Whether a division (GB/T 2260) is, or lies within, one of others: 330000 stands for all 33xxxx, 330100 for all 3301xx.
-- Never the other way round: a county does not stand for its prefecture. Equal to `covers` of models/geo/adcode.ts.
CREATE OR REPLACE FUNCTION core_adcode_within {{on_cluster}} AS (adcode, divisions) -> arrayExists(
    division -> startsWith(adcode, multiIf(
        endsWith(division, '0000'), substring(division, 1, 2),
        endsWith(division, '00'), substring(division, 1, 4),
        division)),
    CAST(divisions, 'Array(String)')
);
