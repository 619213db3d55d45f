-- Empties a table of the marts before it is made anew.
TRUNCATE TABLE {table: Identifier}
