-- (lon, lat) in GCJ-02 → (lon, lat) in WGS84, degrees. There is no closed inverse: the residual is subtracted five times;
-- each time it shrinks a hundredfold (the shift's slope is below 0.01), from 0.006 degrees to less than a millimetre.
CREATE OR REPLACE FUNCTION core_gcj02_to_wgs84 {{on_cluster}} AS (lon, lat) -> arrayFold(
    (position, step) -> tupleMinus(position, tupleMinus(core_wgs84_to_gcj02(position.1, position.2), (lon, lat))),
    [1, 2, 3, 4, 5],
    (lon, lat)
);
