import { setTimeout as delay } from 'node:timers/promises';
import { GATE_MODES } from '../support/fault-gate.ts';
import type { SinkProcess } from '../support/fleet.ts';
import type { Step } from '../support/steps.ts';
import type { Field, Pick } from './field.ts';

/** What one strike did. */
export interface Outcome {
  /** More about it, "" when there is nothing to say. */
  readonly detail: string;
  /** Milliseconds until rows were stored again: of ClickHouse from its port being open, else from the kill; null = not measured. */
  readonly recovery_ms: number | null;
}

export interface Strike {
  readonly kind: string;
  /** How often it is chosen, beside the others of its list. */
  readonly weight: number;
  readonly run: (field: Field, pick: Pick) => Promise<Outcome>;
}

const DYING_SINK = 'tests/faults/support/dying-sink.ts';
/** It joins, waits for whoever is dead before it, and comes to its step, if there is work left for it. */
const DEATH_WITHIN_MS = 30_000;
/** Steps to which every sink comes that gets a partition with messages. */
const STEPS: readonly Step[] = ['committed', 'maxOffsets', 'bounds', 'commit', 'insert', 'count'];
/** Beyond the sink's session, 6 s. */
const FROZEN_MS = 8_000;
const SINKS_MAX = 3;
const NETWORK_MS_MAX = 3_000;

/** In every round one of these kills something. */
export const KILLS: readonly Strike[] = [
  { kind: 'sink', weight: 35, run: killSink },
  { kind: 'sink at a step', weight: 20, run: killSinkAtStep },
  { kind: 'ClickHouse', weight: 20, run: (field) => killClickHouse(field, false) },
  { kind: 'ClickHouse while it merges', weight: 10, run: (field) => killClickHouse(field, true) },
  { kind: 'Kafka', weight: 15, run: killKafka },
];

/** In every other round one of these comes on top. */
export const TROUBLES: readonly Strike[] = [
  { kind: 'freeze beyond the session', weight: 20, run: freeze },
  { kind: 'bad network', weight: 50, run: spoilNetwork },
  { kind: 'rebalance', weight: 30, run: rebalance },
];

/** One of a list, by its weights. */
export function choose(strikes: readonly Strike[], pick: Pick): Strike {
  const total = strikes.reduce((sum, { weight }) => sum + weight, 0);
  let dice = pick(0, total - 1);
  for (const strike of strikes) {
    dice -= strike.weight;
    if (dice < 0) return strike;
  }
  throw new Error('weights must be positive');
}

function anyOf(field: Field, pick: Pick): SinkProcess {
  const { running } = field.fleet;
  const sink = running[pick(0, running.length - 1)];
  if (sink === undefined) throw new Error('no sink runs');
  return sink;
}

async function killSink(field: Field, pick: Pick): Promise<Outcome> {
  await field.fleet.end(anyOf(field, pick), 'SIGKILL');
  const [recovery_ms] = await Promise.all([field.recovery_ms(), field.fleet.launch()]);
  return { detail: `of ${field.fleet.running.length}`, recovery_ms };
}

async function killSinkAtStep(field: Field, pick: Pick): Promise<Outcome> {
  const moment = pick(0, 1) === 0 ? 'before' : 'after';
  const at = `${STEPS[pick(0, STEPS.length - 1)] ?? 'insert'}:${moment}:${pick(1, 3)}`;
  // In the place of one that leaves, so that there is work for it.
  await field.fleet.end(anyOf(field, pick), 'SIGTERM');
  const launch = { entry: DYING_SINK, env: { DIES_AT: at } };
  const death = await field.fleet.launchToDie(launch, DEATH_WITHIN_MS);
  if (death.ended !== 'SIGKILL') throw new Error(`a sink that was to die at ${at} ended with ${death.ended}`);
  const [recovery_ms] = await Promise.all([field.recovery_ms(), field.fleet.launch()]);
  return { detail: death.by_itself ? at : `did not come to ${at}: killed from outside`, recovery_ms };
}

async function killClickHouse(field: Field, merging: boolean): Promise<Outcome> {
  const { server } = field.clickhouse;
  // It ends with the server.
  const merge = merging
    ? field.pipeline.sql.command('OPTIMIZE TABLE raw_scans_by_key FINAL').catch(() => undefined)
    : Promise.resolve();
  if (merging) await delay(50);
  await server.kill();
  await merge;
  const recovered = async (): Promise<number> => {
    await field.portOpen(server.running.ports.http);
    return field.recovery_ms();
  };
  const [recovery_ms] = await Promise.all([recovered(), server.restart()]);
  return { detail: '', recovery_ms };
}

async function killKafka(field: Field, pick: Pick): Promise<Outcome> {
  await field.kafka.kill();
  await delay(pick(0, 2_000));
  await field.kafka.restart();
  return { detail: '', recovery_ms: await field.recovery_ms() };
}

/** It is taken for dead, replaced, and wakes up as a second owner of what it held. */
async function freeze(field: Field, pick: Pick): Promise<Outcome> {
  const frozen = anyOf(field, pick);
  frozen.child.kill('SIGSTOP');
  const replaced = field.fleet.running.length < SINKS_MAX ? field.fleet.launch() : Promise.resolve();
  await Promise.all([replaced, delay(FROZEN_MS)]);
  frozen.child.kill('SIGCONT');
  return { detail: '', recovery_ms: null };
}

async function spoilNetwork(field: Field, pick: Pick): Promise<Outcome> {
  const modes = GATE_MODES.filter((mode) => mode !== 'pass');
  const mode = modes[pick(0, modes.length - 1)] ?? 'delay';
  const cuts = field.gate.cuts;
  field.gate.set(mode, pick(20, 300));
  await delay(pick(200, NETWORK_MS_MAX));
  field.gate.set('pass');
  return { detail: `${mode}, ${field.gate.cuts - cuts} connections hit`, recovery_ms: null };
}

async function rebalance(field: Field, pick: Pick): Promise<Outcome> {
  const before = field.fleet.running.length;
  const grows = before === 1 || (before < SINKS_MAX && pick(0, 1) === 0);
  if (grows) await field.fleet.launch();
  else await field.fleet.end(anyOf(field, pick), 'SIGTERM');
  return { detail: `${before} → ${field.fleet.running.length} sinks`, recovery_ms: null };
}
