-- The days of stock with those of the instants `as_ofs` parted at them, out of the ledger: standing before the query of a KPI it takes the place of
-- the mart, of which a day that is over tells its end alone.
-- (cat stock-parted.sql; echo 'SELECT * FROM ('; cat kpi-stockout_dealers.sql; echo ')') | clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> toDate32(parseDateTime64BestEffort(t, 3, 'UTC'), {time_zone: String}), {as_ofs: Array(String)}) AS parted_days,
    mart_stock_days AS
    (
        SELECT * FROM mart_stock_days WHERE NOT has(parted_days, day)
        UNION ALL
        SELECT *
        FROM raw_stock_days_of(known_at = '2299-12-31', first_day = {first_parted: Date32}, last_day = {last_parted: Date32}, cuts = {as_ofs: Array(String)})
        WHERE has(parted_days, day)
    )
