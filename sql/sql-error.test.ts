import { expect, test } from 'vitest';
import { SqlError } from './sql-error.ts';

const of = (message: string, fields: object = {}) => SqlError.from(Object.assign(new Error(message), fields));

test("an answer of ClickHouse is known by its number, whatever word of the data its message's name is", () => {
  const refused = of('Cannot parse (MONEY)', { code: '117', type: 'MONEY' });
  expect(refused).toMatchObject({ server_code: 117, retriable: false });
  const busy = of('too many parts (MONEY)', { code: '252', type: 'MONEY' });
  expect(busy).toMatchObject({ code: 'TOO_MANY_PARTS', server_code: 252, retriable: true });
});

test('a lost connection is retriable and has no number', () => {
  for (const [message, code] of [
    ['connect ECONNREFUSED', 'ECONNREFUSED'],
    ['Timeout error.', 'REQUEST_TIMEOUT'],
    ['socket hang up', 'CONNECTION_LOST'],
    ['The user aborted a request.', 'REQUEST_ABORTED'],
  ] as const) {
    const error = of(message, message.startsWith('connect') ? { code } : {});
    expect(error).toMatchObject({ code, server_code: null, retriable: true });
  }
});

test('what nobody expected is not retried', () => {
  expect(of('undefined is not a function')).toMatchObject({ code: 'UNKNOWN', retriable: false });
});
