import type { TSchema } from 'typebox';
import { PROBLEM_MEDIA_TYPE, Problem } from '../../../models/contract/problem.ts';
import type { Route } from './route-table.ts';

/** Paths of an OpenAPI document: path → method → operation. */
export type OpenApiPaths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const EVENT_STREAM = 'text/event-stream';

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

function operationOf({ method, schema }: Route): object {
  return {
    summary: schema.summary,
    ...(schema.description !== undefined && { description: schema.description }),
    ...(schema.tags && { tags: schema.tags }),
    ...(schema.security && { security: schema.security }),
    parameters: [
      ...parametersOf('path', schema.params),
      ...parametersOf('query', schema.querystring),
      ...preconditionsOf(method, schema),
    ],
    ...requestBodyOf(schema),
    responses: { ...responsesOf(method, schema), default: problemResponse },
  };
}

/** What a request may say of the state that it has seen. */
function preconditionsOf(method: string, { conditional, produces = [] }: Route['schema']): object[] {
  const tag = { type: 'string' };
  if (method === 'GET' && !produces.includes(EVENT_STREAM)) {
    return [{ name: 'If-None-Match', in: 'header', description: 'entity tag of what is held', schema: tag }];
  }
  if (conditional === undefined) return [];
  const description = 'entity tag of what was seen: 412 when it is another by now';
  return [{ name: 'If-Match', in: 'header', required: conditional === 'needed', description, schema: tag }];
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

function responsesOf(method: string, { response, produces = [] }: Route['schema']): object {
  const schemas = Object.entries(response ?? (produces.length > 0 ? { 200: undefined } : {}));
  if (schemas.length === 0) return { 204: { description: 'done' } };
  const mayBeHeld = method === 'GET' && !produces.includes(EVENT_STREAM);
  const isTagged = mayBeHeld || schemas.some(([status]) => status === '202');
  const answers = schemas.map(([status, schema]): [string, object] => [
    status,
    {
      description: 'as asked for',
      ...(isTagged && { headers: { ETag: { description: 'entity tag', schema: { type: 'string' } } } }),
      content: {
        ...(schema !== undefined && { 'application/json': { schema: schema as TSchema } }),
        ...Object.fromEntries(produces.map((type) => [type, {}])),
      },
    },
  ]);
  return {
    ...Object.fromEntries(answers),
    ...(mayBeHeld && { 304: { description: 'what is held is still so' } }),
  };
}

function isObjectSchema(
  schema: unknown,
): schema is { properties: Record<string, TSchema>; required?: readonly string[] } {
  return typeof schema === 'object' && schema !== null && 'properties' in schema;
}
