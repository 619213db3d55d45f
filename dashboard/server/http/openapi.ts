import type { TSchema } from 'typebox';
import { PROBLEM_MEDIA_TYPE, Problem } from '../../../models/contract/problem.ts';
import type { Route } from './route-table.ts';

/** Paths of an OpenAPI document: path → method → operation. */
export type OpenApiPaths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const problemResponse = {
  description: 'anything else',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

/**
 * The OpenAPI 3.1 document of `/v1`, made from the schemas that the routes validate by, and the paths of the edge, whose
 * answers the server passes on.
 */
export function openApiDocument(routes: readonly Route[], edge: OpenApiPaths, version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [path, item] of Object.entries(edge)) paths[path] = { ...item };
  for (const route of routes) {
    if (route.method === 'HEAD' || route.schema.hide || !route.schema.summary) continue;
    const path = route.url.replace(/:([^/]+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Dealerstream', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'dms_session' },
      },
    },
  };
}

function operationOf({ schema }: Route): object {
  return {
    summary: schema.summary,
    ...(schema.description !== undefined && { description: schema.description }),
    ...(schema.tags && { tags: schema.tags }),
    ...(schema.security && { security: schema.security }),
    parameters: [...parametersOf('path', schema.params), ...parametersOf('query', schema.querystring)],
    ...requestBodyOf(schema),
    responses: { ...responsesOf(schema.response), default: problemResponse },
  };
}

function requestBodyOf({ body, file }: Route['schema']): object {
  if (file !== undefined) return { requestBody: { required: true, content: { [file]: {} } } };
  if (body === undefined) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: body } } } };
}

function parametersOf(place: 'path' | 'query', schema: unknown): object[] {
  if (!isObjectSchema(schema)) return [];
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (schema.required?.includes(name) ?? false),
    schema: property,
  }));
}

function responsesOf(responses: unknown): object {
  if (typeof responses !== 'object' || responses === null) return { 204: { description: 'done' } };
  return Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [
      status,
      { description: 'as asked for', content: { 'application/json': { schema: schema as TSchema } } },
    ]),
  );
}

function isObjectSchema(
  schema: unknown,
): schema is { properties: Record<string, TSchema>; required?: readonly string[] } {
  return typeof schema === 'object' && schema !== null && 'properties' in schema;
}
