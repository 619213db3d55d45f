import { Type, type Static } from 'typebox';
import { CASE_STATES } from './alert.ts';
import { Instant, Int, Word } from './fields.ts';

/** An evidence pack of a case that somebody was given: its custody begins there. */
export const GivenPack = Type.Object(
  {
    given_at: Instant('when it left the server'),
    actor: Type.String({ description: 'who took it' }),
    state: Word(CASE_STATES, 'where the case stood'),
    digest: Type.String({
      description: 'SHA-256 of its manifest, hexadecimal: what `evidence -- verify --digest` asks for',
    }),
    size_bytes: Int('of the ZIP', 0),
    version: Type.String({ description: 'version of the programs that made it' }),
  },
  { additionalProperties: false },
);
export type GivenPack = Static<typeof GivenPack>;
