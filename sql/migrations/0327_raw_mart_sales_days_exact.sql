-- A quantity has three decimals and a price six: their product has nine, and what is cut off it day by day makes a sum miss a cent or a
-- rebate's step. What stands is as it was cut; `npm run rebuild` makes it anew.
ALTER TABLE raw_mart_sales_days {{on_cluster}}
    MODIFY COLUMN placed_value Decimal(38, 9),
    MODIFY COLUMN cancelled_value Decimal(38, 9),
    MODIFY COLUMN shipped_value Decimal(38, 9),
    MODIFY COLUMN shipped_cost Decimal(38, 9),
    MODIFY COLUMN returned_value Decimal(38, 9),
    MODIFY COLUMN returned_cost Decimal(38, 9);

ALTER TABLE raw_mart_dealer_sales {{on_cluster}}
    MODIFY COLUMN shipped_value Decimal(38, 9),
    MODIFY COLUMN returned_value Decimal(38, 9);
