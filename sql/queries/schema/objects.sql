-- The text, by its hash, with which each view, dictionary or function was last applied.
SELECT file, sha256
FROM raw_schema_objects FINAL
ORDER BY file
