import { Compile } from 'typebox/compile';
import { IsInteger, IsObject, type TSchema } from 'typebox';
import type { FastifySchemaCompiler } from 'fastify';

const WHOLE_NUMBER = /^-?\d{1,15}$/;

/**
 * Compiles the check of a route's schema. Bodies are checked as they came, parts of an address as `readAddress` reads them: typebox's own
 * conversion, which its provider for fastify uses, makes 1 of the texts `1.5` and `true`, and so would answer what nobody asked for.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (sent: unknown) => {
    const value = httpPart === 'body' ? sent : readAddress(schema, sent);
    return check.Check(value) ? { value } : { error: check.Errors(value) };
  };
};

/** An address has texts only: where the schema wants an integer, the text of one is read as it; every other stays text, to be refused. */
export function readAddress(schema: TSchema, sent: unknown): unknown {
  if (!IsObject(schema) || typeof sent !== 'object' || sent === null) return sent;
  return Object.fromEntries(
    Object.entries(sent).map(([name, text]: [string, unknown]) => {
      const wanted = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      const isRead = IsInteger(wanted) && typeof text === 'string' && WHOLE_NUMBER.test(text);
      return [name, isRead ? Number(text) : text];
    }),
  );
}
