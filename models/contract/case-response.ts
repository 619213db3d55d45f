import { Type, type Static } from 'typebox';
import { ALERT_KINDS } from './alert.ts';
import { Word } from './fields.ts';

const Count = (description: string) => Type.Integer({ minimum: 0, description });
const Known = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

/** How fast cases of the last days were detected and resolved, and how many of them were right (D14). */
export const CaseResponse = Type.Object(
  {
    kind: Type.Optional(Word(ALERT_KINDS, 'the signal that they rest on; left out: every case, once')),
    raised: Count('cases raised'),
    alerts_per_day: Type.Number({ minimum: 0, description: 'the same a day' }),
    mttd_h: Known('mean hours from the first event of a case to its raising'),
    closed: Count('cases that people were done with'),
    confirmed: Count('of these confirmed'),
    mttr_h: Known('mean hours from the raising of a case to that'),
    precision: Known('confirmed ÷ closed, 0-1'),
    reason: Type.Optional(Type.String({ description: 'why a figure is null' })),
  },
  { additionalProperties: false },
);
export type CaseResponse = Static<typeof CaseResponse>;
