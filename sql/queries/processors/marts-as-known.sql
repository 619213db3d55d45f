-- What the KPIs read, as it was known at `known_at`: standing before the query of one, it takes the place of the tables named there.
-- (cat marts-as-known.sql; echo 'SELECT * FROM ('; cat kpi-fill_rate.sql; echo ')') | clickhouse-client --param_known_at='2026-11-24 12:00:00'
--   --param_first_day=2026-07-01 --param_utc_days="['2026-11-23','2026-11-24']" --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    mart_order_lines AS
    (
        SELECT * FROM mart_order_lines_as_known(known_at = {known_at: DateTime64(3, 'UTC')}, first_day = '1970-01-01', last_day = '2299-12-31')
    ),
    mart_sales_days AS
    (
        SELECT * FROM mart_sales_days_as_known(known_at = {known_at: DateTime64(3, 'UTC')}, utc_days = {utc_days: Array(Date)})
    ),
    mart_stock_days AS
    (
        -- Parted at the instants asked for: what came later that day hides nothing.
        SELECT * FROM raw_stock_days_of(known_at = {known_at: DateTime64(3, 'UTC')}, first_day = {first_day: Date32}, last_day = '2299-12-31', cuts = {as_ofs: Array(String)})
    ),
    mart_code_journeys AS
    (
        SELECT * FROM mart_code_journeys_as_known(known_at = {known_at: DateTime64(3, 'UTC')})
    ),
    -- The days by which a table finds its rows are left open: the queries ask for the times themselves too.
    mart_order_moments AS (SELECT *, arrayJoin(['placed', 'shipped', 'due']) AS moment, toDate32('2299-12-31') AS at_day FROM mart_order_lines),
    mart_code_shipments AS
    (
        SELECT toDate32('2299-12-31') AS shipped_day, code, shipped_at[1] AS first_shipped_at, seen_at
        FROM mart_code_journeys
        WHERE notEmpty(shipped_at)
    ),
    mart_diversion_cases AS (SELECT * FROM mart_diversion_cases WHERE raised_at <= {known_at: DateTime64(3, 'UTC')}),
    mart_diversion_case_members AS (SELECT * FROM mart_diversion_case_members WHERE raised_at <= {known_at: DateTime64(3, 'UTC')}),
    core_case_transitions AS (SELECT * FROM core_case_transitions WHERE ingested_at <= {known_at: DateTime64(3, 'UTC')}),
    core_case_groupings AS (SELECT * FROM core_case_groupings WHERE ingested_at <= {known_at: DateTime64(3, 'UTC')})
