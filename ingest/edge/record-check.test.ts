import { describe, expect, it } from 'vitest';
import type { Permit } from '../keys/permit.ts';
import type { ProblemError } from './problem-error.ts';
import { REJECTED_MAX, checkRecords } from './record-check.ts';
import type { PostedRecord } from './records.ts';

const permit: Permit = { key_id: 'admin', kind: 'admin' };
const wrong = { valid: false, violations: [{ pointer: '', detail: 'is wrong' }] } as const;

function* records(count: number): Generator<PostedRecord> {
  for (let index = 0; index < count; index++) yield { index, value: null };
}

describe('records of one request', () => {
  it('are all told when they are wrong, as many as a body of events can have', async () => {
    const { rejected } = await checkRecords(records(REJECTED_MAX), () => wrong, permit, 0);
    expect(rejected.length).toBe(REJECTED_MAX);
  });

  it('are refused as a whole when there are more wrong ones than that', async () => {
    const refused = checkRecords(records(REJECTED_MAX + 1), () => wrong, permit, 0);
    await expect(refused).rejects.toMatchObject({ status: 422 } satisfies Partial<ProblemError>);
  });
});
