import type { DeadLetter } from './protocol/ports.ts';

/**
 * The row of `raw_dead_letters` as a JSON line. Key and value are arbitrary bytes, not text: they go into the JSON
 * strings as they are (ClickHouse keeps bytes, valid UTF-8 or not), with only what JSON's syntax needs escaped.
 */
export function deadLetterRow(topic: string, partition: number, letter: DeadLetter): Buffer {
  const { delivery, reason, dead_at_ms } = letter;
  const fields = JSON.stringify({
    _topic: topic,
    _partition: partition,
    _offset: delivery.offset,
    reason: reason.code,
    detail: reason.detail,
    dead_at: new Date(dead_at_ms).toISOString(),
  });
  return Buffer.concat([
    Buffer.from(`${fields.slice(0, -1)},"key":"`),
    escapeBytes(delivery.key ?? Buffer.alloc(0)),
    Buffer.from('","value":"'),
    escapeBytes(delivery.value ?? Buffer.alloc(0)),
    Buffer.from('"}\n'),
  ]);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const ESCAPE_BYTES_MAX = 6;

/** Bytes inside a JSON string: quote, backslash and control characters as `\u00XX`, everything else unchanged. */
function escapeBytes(bytes: Buffer): Buffer {
  let escapes = 0;
  for (const byte of bytes) if (needsEscape(byte)) escapes += 1;
  if (escapes === 0) return bytes;
  const escaped = Buffer.allocUnsafe(bytes.length + escapes * (ESCAPE_BYTES_MAX - 1));
  let at = 0;
  for (const byte of bytes) {
    if (needsEscape(byte)) at += escaped.write(`\\u00${byte.toString(16).padStart(2, '0')}`, at, 'latin1');
    else escaped[at++] = byte;
  }
  return escaped;
}

function needsEscape(byte: number): boolean {
  return byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH;
}
