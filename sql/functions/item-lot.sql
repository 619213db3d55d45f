-- The lot that a code says itself, as Digital Link or element string; empty where it says none.
--   SELECT core_item_lot('https://id.gs1.org/01/09506000134352/10/L7/21/ABC')
CREATE OR REPLACE FUNCTION core_item_lot {{on_cluster}} AS (code) -> decodeURLComponent(extract(
    code, '(?i)(?:/(?:01|gtin)/[0-9]{8,14}(?:/[^/?# ]+/[^/?# ]+)*?/(?:10|lot)/|\\(01\\) ?[0-9]{14} ?(?:\\([0-9]{2,4}\\)[^( ]*)*?\\(10\\) ?)([^/?#( ]+)'));
