import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Compile } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { ClientFrame, ServerFrame, type LiveTopic } from '../../../models/contract/live.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { LiveFrames } from './frames.ts';
import { LIVE_LIMITS } from './limits.ts';
import { LiveState } from './state.ts';

interface Document {
  readonly channels: { readonly live: { readonly messages: Readonly<Record<string, { $ref: string }>> } };
  readonly operations: Readonly<
    Record<'send' | 'receive', { readonly messages: readonly { $ref: string }[] }>
  >;
  readonly components: { readonly messages: Readonly<Record<string, { readonly payload: object }>> };
}

/** As a client reads it: after a round through JSON. */
const document = JSON.parse(JSON.stringify(asyncApiDocument('1.0.0'))) as Document;

function accepts(message: string, value: unknown): boolean {
  const payload = document.components.messages[message]?.payload;
  if (!payload) throw new Error(`there is no message ${message}`);
  return Compile(payload).Check(value);
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner)] : referencesIn(inner),
  );
}

const KPI = {
  id: 'fill_rate',
  value: 0.9,
  unit: 'ratio',
  as_of: '2026-11-24T06:00:00.000Z',
  direction: 'up',
};

/** The standard's own schema of a document. */
const META_SCHEMA = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');

describe('the AsyncAPI document', () => {
  it('is one by the schema of the standard, which refuses it with a fault', () => {
    const standard = Compile(JSON.parse(readFileSync(META_SCHEMA, 'utf8')) as object);
    expect(standard.Errors(document)[1]).toEqual([]);
    const { live } = document.channels;
    for (const fault of [
      { asyncapi: '3.9.0' },
      { info: {} },
      { channels: { live: { ...live, address: 7 } } },
      { operations: { send: { ...document.operations.send, action: 'emit' } } },
    ]) {
      expect(standard.Check({ ...document, ...fault })).toBe(false);
    }
  });

  it('has one message for each frame of each side, and no other', () => {
    const sent = ServerFrame.anyOf.map(({ properties }) => properties.t.const);
    const received = ClientFrame.anyOf.map(({ properties }) => properties.t.const);
    expect(document.operations.send.messages.map(({ $ref }) => $ref.split('/').at(-1))).toEqual(sent);
    expect(document.operations.receive.messages.map(({ $ref }) => $ref.split('/').at(-1))).toEqual(received);
    expect(Object.keys(document.components.messages).toSorted()).toEqual([...sent, ...received].toSorted());
  });

  it('refers only to what it holds', () => {
    const references = referencesIn(document);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      let held: unknown = document;
      for (const step of reference.replace('#/', '').split('/')) {
        held = (held as Readonly<Record<string, unknown>>)[step];
      }
      expect(held, reference).toBeDefined();
    }
  });

  it('accepts the bytes that the server sends, and refuses a row of another topic', () => {
    const state = new LiveState('epoch', LIVE_LIMITS);
    const patch = state.apply({
      topic: 'kpis',
      as_of: null,
      processor: 'test',
      ops: [{ op: 'put', key: KPI.id, row: KPI }],
    });
    if (!patch) throw new Error('the row changed nothing');
    const frames = new LiveFrames(state);
    const read = (bytes: Buffer) => JSON.parse(bytes.toString()) as { topic: LiveTopic };
    const snap = read(frames.snapshot('kpis'));
    const put = read(frames.patch('kpis', patch));
    expect([accepts('snap', snap), accepts('patch', put)]).toEqual([true, true]);
    expect([accepts('patch', snap), accepts('snap', put)]).toEqual([false, false]);
    const other: LiveTopic = 'freshness';
    expect(accepts('snap', { ...snap, topic: other })).toBe(false);
    expect(accepts('patch', { ...put, topic: other })).toBe(false);
  });
});
