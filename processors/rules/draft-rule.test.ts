import { describe, expect, it } from 'vitest';
import { UsageError } from '../../ingest/program/command.ts';
import { outOfTerritory } from '../../models/diversion/rules/out-of-territory.ts';
import type { CodeRule } from '../../models/diversion/trail.ts';
import { scanAt, trailOf } from '../../models/diversion/some-trail.ts';
import { isDraftRule, saidOfCode } from './draft-rule.ts';

const scan = scanAt(1, {});
const trail = trailOf([scan]);
const right = { kind: 'clone', scan, origin_dealer_id: 'D1', p_inside: 0, log_odds: 2 };
const draft = (judge: () => unknown): CodeRule => ({ kind: 'clone', judge: judge as CodeRule['judge'] });

describe('a draft rule', () => {
  it('is of a known kind, in one of the three forms', () => {
    expect(isDraftRule(outOfTerritory)).toBe(true);
    expect(isDraftRule({ kind: 'clone' })).toBe(false);
    expect(isDraftRule({ kind: 'not_a_kind', judge: () => [] })).toBe(false);
  });

  it('says signals, and what it holds back is not told', () => {
    expect(
      saidOfCode(
        draft(() => [right, { due_ms: 1 }]),
        trail,
        0,
      ),
    ).toEqual([right]);
  });

  it.each([
    ['nothing at all', () => undefined],
    ['no origin', () => [{ ...right, origin_dealer_id: undefined }]],
    ['no kind that is known', () => [{ ...right, kind: 'other' }]],
    ['odds that are no number', () => [{ ...right, log_odds: Number.NaN }]],
    ['no scan', () => [{ ...right, scan: undefined }]],
  ])('that says %s is wrong usage, and the code is named', (_, judge) => {
    expect(() => saidOfCode(draft(judge), trail, 0)).toThrow(UsageError);
    expect(() => saidOfCode(draft(judge), trail, 0)).toThrow(trail.sent_code);
  });

  it('that fails is told with the code at which it did', () => {
    const failing = draft(() => {
      throw new Error('boom');
    });
    expect(() => saidOfCode(failing, trail, 0)).toThrow(`the rule failed at code ${trail.sent_code}: boom`);
  });
});
