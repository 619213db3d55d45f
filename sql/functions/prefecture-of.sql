-- The prefecture-level unit of a division (GB/T 2260), as core_prefectures has it: 330205 is in 330200, 310115 in 310000 (a municipality, Taiwan,
-- Hong Kong and Macau are one unit each), 429004 is its own (a county under its province). Where only the province is known, the province;
-- of what is no code, ''. Equal to `prefectureOf` of models/geo/adcode.ts, else `provinceOf`.
--   SELECT core_prefecture_of('310115')
CREATE OR REPLACE FUNCTION core_prefecture_of {{on_cluster}} AS adcode -> multiIf(
    NOT match(adcode, '^[1-8][0-9]{5}$'), '',
    substring(adcode, 1, 2) IN ('11', '12', '31', '50', '71', '81', '82') OR (substring(adcode, 3, 2) = '90' AND endsWith(adcode, '00')), substring(adcode, 1, 2) || '0000',
    substring(adcode, 3, 2) = '90', adcode,
    substring(adcode, 1, 4) || '00'
);
