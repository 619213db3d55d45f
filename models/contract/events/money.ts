import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Currency, Id, Opt, SignedMoney, Word, dealerId, envelope } from '../fields.ts';

/** The documents of the dealer's account. */
export const MONEY_KINDS = ['invoice', 'payment', 'credit_note', 'rebate_claim', 'rebate_payment'] as const;

/** One document of a dealer's account. */
export const money = defineEventType({
  type: 'money',
  kind: 'event',
  topic: 'dms.money.v1',
  raw_table: 'raw_money',
  core_view: 'core_money',
  key_fields: ['dealer_id'],
  schema: Type.Object(
    {
      ...envelope,
      dealer_id: dealerId(),
      doc_id: Id('the document'),
      kind: Word(MONEY_KINDS, 'what the document is'),
      amount: SignedMoney('amount of the document'),
      currency: Currency(),
      order_id: Opt(Id('the order it is about')),
      program_id: Opt(Id('the rebate programme it is about')),
      period: Opt(
        Type.String({
          pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$',
          description: 'month, YYYY-MM',
          'x-expected': 'a month, e.g. "2026-11"',
        }),
      ),
    },
    { additionalProperties: false },
  ),
});
export type MoneyEvent = Static<typeof money.schema>;
