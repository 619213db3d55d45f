import { Type, type Static } from 'typebox';

/** An error as RFC 9457 has it, with JSON Pointers to what is wrong. */
export const Problem = Type.Object({
  type: Type.String({
    description: 'URI reference of the kind of problem; about:blank when the status says it all',
  }),
  title: Type.String(),
  status: Type.Integer({ minimum: 100, maximum: 599 }),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
});
export type Problem = Static<typeof Problem>;

/** The media type of a problem. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
