import { Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { messageOf } from '../../ingest/program/caught.ts';
import { UsageError } from '../../ingest/program/command.ts';
import { ALERT_KINDS } from '../../models/contract/alert.ts';
import { Word } from '../../models/contract/fields.ts';
import type { HabitRule } from '../../models/diversion/judge-habits.ts';
import type { LineRule } from '../../models/diversion/rules/below-floor.ts';
import { isTold, type CodeRule, type CodeSignal, type Trail } from '../../models/diversion/trail.ts';

/** A rule in one of its forms: about the scans of a code (`judge`), about dealers (`judgeHabits`), or about order lines (`judgeLine`). */
export type DraftRule = CodeRule | HabitRule | LineRule;

const Kind = Word(ALERT_KINDS, 'a signal');
const LogOdds = Type.Number({ description: 'ln of a likelihood ratio' });
const CodeSaid = Compile(
  Type.Array(
    Type.Union([
      Type.Object({ due_ms: Type.Number() }),
      Type.Object({
        kind: Kind,
        scan: Type.Object({ event_time: Type.String(), biz_step: Type.String() }),
        origin_dealer_id: Type.String({ minLength: 1 }),
        p_inside: Type.Number({ minimum: 0, maximum: 1 }),
        log_odds: LogOdds,
      }),
    ]),
  ),
);
const HabitsSaid = Compile(
  Type.Array(Type.Object({ kind: Kind, origin_dealer_id: Type.String({ minLength: 1 }), log_odds: LogOdds })),
);
const LineSaid = Compile(Type.Union([Type.Null(), Type.Object({ log_odds: LogOdds })]));

/** Whether something that a module exports is a rule of any form. */
export function isDraftRule(value: unknown): value is DraftRule {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, judge, judgeHabits, judgeLine } = value as Record<string, unknown>;
  return (
    ALERT_KINDS.some((one) => one === kind) &&
    [judge, judgeHabits, judgeLine].some((one) => typeof one === 'function')
  );
}

/** What a draft says of a code, but for what it holds back. @throws UsageError as `said` */
export function saidOfCode(rule: CodeRule, trail: Trail, watermark_ms: number): CodeSignal[] {
  return said(`code ${trail.sent_code}`, CodeSaid, () => rule.judge(trail, watermark_ms)).filter(isTold);
}

/** What a draft says of dealers. @throws UsageError as `said` */
export function saidOfDealers(
  rule: HabitRule,
  habits: Parameters<HabitRule['judgeHabits']>[0],
): ReturnType<HabitRule['judgeHabits']> {
  return said('the dealers', HabitsSaid, () => rule.judgeHabits(habits));
}

/** What a draft says of an order line. @throws UsageError as `said` */
export function saidOfLine(
  rule: LineRule,
  line: Parameters<LineRule['judgeLine']>[0] & { readonly ref: string },
): ReturnType<LineRule['judgeLine']> {
  return said(`order line ${line.ref}`, LineSaid, () => rule.judgeLine(line));
}

/** @throws UsageError when the draft fails, or says what is no signal: figures about it would be wrong without a word. */
function said<Said>(about: string, shape: Validator, judge: () => Said): Said {
  let answer: Said;
  try {
    answer = judge();
  } catch (error) {
    throw new UsageError(`the rule failed at ${about}: ${messageOf(error)}`);
  }
  if (shape.Check(answer)) return answer;
  const [first] = shape.Errors(answer);
  throw new UsageError(
    `the rule says of ${about} what is no signal: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
  );
}
