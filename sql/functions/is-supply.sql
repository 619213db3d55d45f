-- Whether a shipping scan makes goods those of the dealer that it names: one of the manufacturer, of whoever is no dealer (a warehouse, a
-- carrier), of a dealer of the same territory, or one along the chain of parents, down or back up. Goods that any other dealer sends remain
-- those of the dealer that they were supplied to; an approved transfer is asked apart (transfer-scans.sql). By the versions that held then.
--   SELECT core_is_supply('D1', 'D2', now64(3))
CREATE OR REPLACE FUNCTION core_is_supply {{on_cluster}} AS (by_dealer, to_dealer, at) -> by_dealer IN ('', 'HQ')
    OR by_dealer = to_dealer
    OR ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(by_dealer), at), '') IN ('', ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(to_dealer), at), ''))
    OR ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(to_dealer), at), '') = ''
    OR ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(to_dealer), at), '') = by_dealer
    OR ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(by_dealer), at), '') = to_dealer
    OR ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(to_dealer), at), '')), at), '') = by_dealer
    OR ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(by_dealer), at), '')), at), '') = to_dealer;
