import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { createKafka, idempotentProducer } from '../../ingest/kafka.ts';
import { runCommand } from '../../ingest/program/command.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { wholeNumber, wholeNumbers } from '../../ingest/program/whole-number.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { Pipeline, listeningUrl } from '../../stack/lab/pipeline.ts';
import { report, type Target } from '../report.ts';
import { measureFanOut, measureStall, type FanOut, type Subject } from './measure.ts';

/**
 * `npm run bench:live`: one server process on one core, its clients on the other cores: frames a second and their age with
 * four patches a second, all clients coming back at once, what a client that stops reading costs. The peer is a plain `ws`
 * broadcast of the same results. (uWebSockets.js, the other natural peer, is not in the registry that npm installs from.)
 */
const TARGETS: Readonly<Record<string, Target>> = {
  age_p99_ms_at_5000: { max: 250 },
  storm_resumed_ms_at_5000: { max: 3_000 },
  storm_gaps_at_5000: { max: 0 },
  gaps_at_5000: { max: 0 },
  stalled_unsent_bytes_max: { max: 65_536 },
};
const SERVER_CORE = '0';

const options = new Command('bench:live')
  .description('One live server with thousands of clients, beside a plain broadcast.')
  .option('--clients <list>', 'clients at once, by comma', wholeNumbers(1), [1_000, 5_000])
  .option('--seconds <n>', 'how long each crowd is listened to', wholeNumber(1), 20)
  .parse()
  .opts<{ clients: number[]; seconds: number }>();

await runCommand(async () => {
  const lab = await startLab();
  try {
    const pipeline = await Pipeline.start(lab.stack, ['server'], 'bench_live');
    const prefix = pipeline.env['DMS_TOPIC_PREFIX'] ?? '';
    const kafka = createKafka({
      brokers: [lab.stack.kafka_brokers],
      clientId: 'bench-live',
      log: createLogger('bench-live', 'error'),
    });
    const producer = idempotentProducer(kafka);
    try {
      await producer.connect();
      const others = otherCores();
      for (const pid of [process.pid, lab.pids.kafka, lab.pids.clickhouse]) pin(pid, others);
      const place = (pid: number): void => {
        pin(pid, others);
      };
      const feed = { token: pipeline.admin_token, producer, prefix, place };

      const server = pipeline.program('server');
      const ours = { ...feed, url: server.url, pid: pidOf(server.child) };
      pin(ours.pid, SERVER_CORE);
      const figures: Record<string, number | null> = await measureAll('Dealerstream', '', ours);
      const stall = await measureStall(ours);
      console.log(
        `  of clients that stopped reading it held at most ${stall.unsent_bytes_max} bytes each, and closed ${stall.closed} of 20`,
      );
      figures['stalled_unsent_bytes_max'] = stall.unsent_bytes_max;

      const peer = await startPeer(pipeline.env);
      try {
        pin(pidOf(peer.child), SERVER_CORE);
        const plain = { ...feed, url: peer.url, pid: pidOf(peer.child) };
        Object.assign(figures, await measureAll('a plain ws broadcast', 'ws_', plain));
      } finally {
        await peer.end();
      }
      const most = Math.max(...options.clients);
      figures[`server_cores_to_ws_at_${most}`] = ratio(figures, `server_cores_at_${most}`);
      figures[`age_p99_to_ws_at_${most}`] = ratio(figures, `age_p99_ms_at_${most}`);
      report('live', figures, TARGETS);
    } finally {
      await producer.disconnect();
      await pipeline.stop();
    }
  } finally {
    await lab.end();
  }
});

async function measureAll(
  name: string,
  prefix: string,
  subject: Subject,
): Promise<Record<string, number | null>> {
  const figures: Record<string, number | null> = {};
  for (const clients of options.clients) {
    const measured = await measureFanOut(subject, clients, options.seconds);
    tell(name, measured);
    const { ages, storm } = measured;
    Object.assign(figures, {
      [`${prefix}frames_per_s_at_${clients}`]: round(measured.frames_per_s),
      [`${prefix}age_p50_ms_at_${clients}`]: ages.p50,
      [`${prefix}age_p99_ms_at_${clients}`]: ages.p99,
      [`${prefix}gaps_at_${clients}`]: measured.gaps,
      [`${prefix}server_cores_at_${clients}`]: round(measured.server_cores),
      [`${prefix}kib_per_client_at_${clients}`]: round(measured.kib_per_client),
      [`${prefix}storm_resumed_ms_at_${clients}`]: round(storm.resumed_ms),
      [`${prefix}storm_gaps_at_${clients}`]: storm.gaps,
      [`${prefix}storm_snapshots_at_${clients}`]: storm.snapshots,
      [`${prefix}storm_retries_at_${clients}`]: storm.retries,
    });
  }
  return figures;
}

function tell(name: string, { clients, ages, storm, ...measured }: FanOut): void {
  const ms = (value: number | null): string => (value === null ? 'never' : `${value.toFixed(0)} ms`);
  console.log(
    `${name}, ${clients} clients: ${measured.frames_per_s.toFixed(0)} frames/s, age p50 ${ms(ages.p50)}, p99 ${ms(ages.p99)}, oldest ${ms(ages.max)}; ${measured.gaps} gaps; ` +
      `${measured.server_cores.toFixed(2)} cores, ${measured.kib_per_client.toFixed(0)} KiB of memory a client`,
  );
  console.log(
    `  storm: ${storm.resumed} back after ${ms(storm.resumed_ms)}, ${storm.gaps} gaps, ${storm.snapshots} snapshots, ${storm.retries} retries`,
  );
}

interface Peer {
  readonly url: string;
  readonly child: ChildProcess;
  readonly end: () => Promise<void>;
}

async function startPeer(env: Readonly<Record<string, string>>): Promise<Peer> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'ws-broadcast.ts')], {
    env: { ...process.env, ...env, DMS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  };
  const url = await listeningUrl(child, 'ws-broadcast', []);
  return { url, child, end };
}

/** All cores but the server's; with only one, that one. */
function otherCores(): string {
  const cores = execFileSync('nproc', { encoding: 'utf8' }).trim();
  return cores === '1' ? SERVER_CORE : `1-${Number(cores) - 1}`;
}

/** With all its threads: what the process starts later inherits it. */
function pin(pid: number, cores: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], { stdio: 'ignore' });
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('a program did not start');
  return child.pid;
}

function ratio(figures: Readonly<Record<string, number | null>>, name: string): number | null {
  const [ours, theirs] = [figures[name], figures[`ws_${name}`]];
  return typeof ours === 'number' && typeof theirs === 'number' && theirs > 0 ? round(ours / theirs) : null;
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
