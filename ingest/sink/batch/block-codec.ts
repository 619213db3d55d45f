import { createHash } from 'node:crypto';
import type { BlockCodec } from '../protocol/deliver-run.ts';
import type { Block, Delivery } from '../protocol/ports.ts';
import { inspectValue, objectBegin, objectEnd } from './splice.ts';

/** 22 characters of base64url are 132 bits: no accident makes two different blocks equal. */
const HASH_CHARS = 22;
/** `9007199254740991}\n`: what follows the constant part of a line's end, at most. */
const LINE_END_BYTES_MAX = 18;

/** The codec of one partition: `topic` is the name that the rows carry, without a prefix. */
export function createBlockCodec(topic: string, partition: number): BlockCodec {
  return {
    inspect: (delivery) => inspectValue(delivery.value),
    encode: (deliveries, ingested_at_ms) => encodeBlock(topic, partition, deliveries, ingested_at_ms),
  };
}

/**
 * Joins values into JSON lines. The bytes of each are copied up to the last brace, before which the place in Kafka is
 * put: nothing is parsed. All values must have passed `inspectValue`.
 */
function encodeBlock(
  topic: string,
  partition: number,
  deliveries: readonly Delivery[],
  ingested_at_ms: number,
): Block {
  const ingested_at = new Date(ingested_at_ms).toISOString();
  const place = `,"_topic":${JSON.stringify(topic)},"_partition":${partition},"_ingested_at":"${ingested_at}","_offset":`;
  let bytes_max = deliveries.length * (place.length + LINE_END_BYTES_MAX);
  for (const { value } of deliveries) bytes_max += value?.length ?? 0;
  const buffer = Buffer.allocUnsafe(bytes_max);
  let at = 0;
  for (const { offset, value } of deliveries) {
    if (value === null) throw new TypeError(`offset ${offset} has no value and was not inspected`);
    at += value.copy(buffer, at, objectBegin(value), objectEnd(value));
    at += buffer.write(`${place}${offset}}\n`, at, 'latin1');
  }
  const lines = buffer.subarray(0, at);
  const hash = createHash('sha256').update(lines).digest('base64url').slice(0, HASH_CHARS);
  const first = deliveries[0]?.offset ?? NaN;
  const last = deliveries.at(-1)?.offset ?? NaN;
  return { first, last, n: deliveries.length, ingested_at_ms, hash, lines };
}
