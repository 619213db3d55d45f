import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { auditWhenDrained, faultsIn, sumOf } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { FaultGate, GATE_MODES, type GateMode } from './support/fault-gate.ts';
import { Feed } from './support/feed.ts';
import { Fleet, counterOf, type SinkProcess } from './support/fleet.ts';

const SCANS_A_MODE = 20_000;
const FAULTS = GATE_MODES.filter((mode) => mode !== 'pass');
/** So long a fault lasts once it has hit something; that it ends is what sets its connections free. */
const FAULT_MS_MAX = 1_500;

let pipeline: Pipeline;
let gate: FaultGate;
let fleet: Fleet;
let feed: Feed;
let sink: SinkProcess;
let scans = 0;
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, []);
  gate = await FaultGate.before(stack.clickhouse_url);
  fleet = new Fleet({ ...pipeline.env, CLICKHOUSE_URL: gate.url });
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  sink = await fleet.launch();
  await fleet.ready(sink);
});

afterAll(async () => {
  await feed.close();
  await fleet.stop();
  await gate.close();
  await pipeline.stop();
});

describe('a network between sink and ClickHouse', () => {
  it.each(FAULTS)('that does "%s" leaves each message in one row', async (mode: GateMode) => {
    const felt = await feltBy(sink);
    const before = gate.cuts;
    const fed = feed.events('scan', SCANS_A_MODE, scans);
    scans += SCANS_A_MODE;
    gate.set(mode, pick(50, 250));
    if (mode === 'delay') await fed;
    else await eventually(`${mode} to hit`, () => Promise.resolve(gate.cuts > before ? true : undefined));
    await delay(pick(200, FAULT_MS_MAX));
    gate.set('pass');
    await fed;
    const result = await auditWhenDrained({
      brokers: inject('stack').kafka_brokers,
      prefix: feed.prefix,
      sql: pipeline.sql,
      types: ['scan'],
    });
    expect(faultsIn(result)).toEqual([]);
    expect(sumOf(result)).toEqual({ messages: scans, rows: scans, dead_letters: 0 });
    if (mode !== 'delay') expect(await feltBy(sink)).toBeGreaterThan(felt);
    expect(sink.child.exitCode).toBeNull();
  });
});

/** How often a sink was left without a clear answer to an insert, or had to try a step again. */
async function feltBy(one: SinkProcess): Promise<number> {
  const unclear = await counterOf(one, 'dms_sink_unclear_answers_total');
  return unclear + (await counterOf(one, 'dms_sink_retries_total'));
}
