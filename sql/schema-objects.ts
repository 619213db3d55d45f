/**
 * Views, dictionaries and functions in the order of their dependencies, relative to `sql/`. Each is applied again
 * whenever its text changes; each statement must be CREATE OR REPLACE. A new one is its file and one line here.
 */
export const SCHEMA_OBJECTS: readonly string[] = [];
