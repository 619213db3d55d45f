import { createHash } from 'node:crypto';
import type { BlockCodec } from '../protocol/deliver-run.ts';
import type { LineRun } from './line-run.ts';
import { inspectValue } from './splice.ts';

/** 22 characters of base64url are 132 bits: no accident makes two different blocks equal. */
const HASH_CHARS = 22;

/** Runs of lines as blocks: the lines are there already, only their instant is set. */
export const lineCodec: BlockCodec<LineRun> = {
  inspect: (delivery) => inspectValue(delivery.value),
  areSound: (run) => run.sound,
  encode(run, ingested_at_ms) {
    const lines = run.linesAt(ingested_at_ms);
    const hash = createHash('sha256').update(lines).digest('base64url').slice(0, HASH_CHARS);
    return { first: run.first, last: run.first + run.length - 1, n: run.length, ingested_at_ms, hash, lines };
  },
};
