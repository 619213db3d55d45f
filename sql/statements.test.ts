import { expect, test } from 'vitest';
import { splitStatements } from './statements.ts';

test('a semicolon in a string, a quoted name or a comment ends no statement', () => {
  expect(
    splitStatements("SELECT ';', 'it''s;', 'a\\';' AS `x;y`; -- one; two\n/* three; */ SELECT \"a;b\";"),
  ).toEqual(["SELECT ';', 'it''s;', 'a\\';' AS `x;y`", '-- one; two\n/* three; */ SELECT "a;b"']);
});

test('comments and blanks alone are no statement, and the last semicolon may be left out', () => {
  expect(splitStatements('-- nothing;\n;;  \n/* ; */')).toEqual([]);
  expect(splitStatements('SELECT 1;\nSELECT 2')).toEqual(['SELECT 1', 'SELECT 2']);
});

test('a quote in a comment opens no string', () => {
  expect(splitStatements("-- the dealer's\nSELECT 1;\n/* it's */ SELECT 2;")).toHaveLength(2);
});

test('a string that is never closed is refused with its place', () => {
  expect(() => splitStatements("SELECT 'a;")).toThrow("a ' at character 7 is never closed");
});
