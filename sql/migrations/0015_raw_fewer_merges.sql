-- The ledgers are read by ranges of offsets only, for which the number of parts hardly counts: merging many parts at once,
-- instead of five at a time, writes each row about half as often. (The tables in reading order keep the default: FINAL reads them.)
ALTER TABLE raw_orders{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_scans{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_stock{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_money{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_activity{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_dealers{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_products{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_territories{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_prices{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_promotions{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_rebate_programs{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_case_transitions{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
