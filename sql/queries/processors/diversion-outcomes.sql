-- What people said of the cases of each kind of signal.
SELECT kind, confirmed, dismissed FROM mart_diversion_rules
