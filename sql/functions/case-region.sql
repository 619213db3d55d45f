-- The region that a case is about, as signals name it: the prefecture in which goods were found, else the territory whose outline holds the place;
-- empty = no one region. Equal to `regionOf` of models/diversion/regions.ts.
--   SELECT core_case_region('', 'T-01')
CREATE OR REPLACE FUNCTION core_case_region {{on_cluster}} AS (found_adcode, found_territory_id) ->
    if(found_adcode != '' OR found_territory_id = '', toString(found_adcode), concat('territory ', toString(found_territory_id)));
