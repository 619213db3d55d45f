import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild, type Child } from '../child.ts';
import { freePorts } from '../free-ports.ts';
import { untilReady, type StartControl } from '../readiness.ts';
import { ensureKafkaJars } from './jars.mjs';
import { probeKafka } from './probe.ts';
import { brokerProperties } from './properties.ts';

const log4j2 = fileURLToPath(new URL('log4j2.yaml', import.meta.url));
/** Recovery of unflushed segments after a kill -9 reads them again, so a start may take much longer than the usual 3 s. */
const READY_TIMEOUT_MS = 120_000;
const PROBE_TIMEOUT_MS = 2_000;
/** Time to close segments and write clean-shutdown markers. */
const STOP_GRACE_MS = 15_000;
/** Java compiles quickly, and not once more what runs often. */
const FIRST_COMPILER = '-XX:TieredStopAtLevel=1';

export interface KafkaOptions {
  /** Created if absent; holds log/, server.properties. Its content survives kill -9 and is used again. */
  dataDir: string;
  logFile?: string;
  /** Free ones unless given. */
  ports?: KafkaPorts;
  /**
   * Whether Java's second compiler stays off: a start takes 4 s of the processor instead of 7, and under load for long a message takes
   * more. For tests.
   */
  short_lived?: boolean;
}

export interface KafkaPorts {
  broker: number;
  controller: number;
}

export interface RunningKafka {
  readonly ports: KafkaPorts;
  /** For `KAFKA_BROKERS`. */
  readonly brokers: string;
  readonly child: Child;
  readonly exited: Child['exited'];
  stop(): Promise<void>;
}

/**
 * Starts one Apache Kafka broker (KRaft, loopback only) and resolves when it has answered a metadata request.
 * @throws NotReadyError when it ends or stays silent; Error when Java or Maven is missing.
 */
export async function startKafka(options: KafkaOptions, control: StartControl = {}): Promise<RunningKafka> {
  const dataDir = resolve(options.dataDir);
  const jars = await ensureKafkaJars();
  const ports = options.ports ?? (await pickPorts());
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const propertiesFile = join(dataDir, 'server.properties');
  const logDir = join(dataDir, 'log');
  writeFileSync(
    propertiesFile,
    brokerProperties({ logDir, brokerPort: ports.broker, controllerPort: ports.controller }),
  );
  if (!existsSync(join(logDir, 'meta.properties'))) await formatLogDir(jars, propertiesFile, control.signal);

  const child = startChild({
    command: 'java',
    args: [
      ...(options.short_lived ? [FIRST_COMPILER] : []),
      ...jvmArguments(jars),
      'kafka.Kafka',
      propertiesFile,
    ],
    env: javaEnvironment(),
    cwd: dataDir,
    logFile: options.logFile ?? join(dataDir, 'kafka.log'),
  });
  const stop = async (): Promise<void> => {
    await child.stop(STOP_GRACE_MS);
  };
  try {
    await untilReady(
      'Kafka',
      child,
      () => probeKafka('127.0.0.1', ports.broker, PROBE_TIMEOUT_MS),
      READY_TIMEOUT_MS,
      control,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, brokers: `127.0.0.1:${ports.broker}`, child, exited: child.exited, stop };
}

async function pickPorts(): Promise<KafkaPorts> {
  const [broker, controller] = await freePorts(2);
  if (broker === undefined || controller === undefined) throw new Error('no free port for Kafka');
  return { broker, controller };
}

function jvmArguments(jars: string): string[] {
  return [
    '-Xms256m',
    '-Xmx512m',
    // One small heap on two cores: the serial collector has no thread pools and the smallest footprint.
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${log4j2}`,
    '-cp',
    join(jars, '*'),
  ];
}

/** Java needs its way to itself and nothing of the secrets in this process's environment. */
function javaEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, JAVA_HOME, LANG, TZ } = process.env;
  return { PATH, HOME, JAVA_HOME, LANG, TZ };
}

/** Writes the cluster id into an empty log folder; Kafka refuses to start on an unformatted one. */
async function formatLogDir(
  jars: string,
  propertiesFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // A cluster id is 16 bytes in base64url; a leading "-" would be read as an option.
  const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
  try {
    await promisify(execFile)(
      'java',
      // For a program of two seconds the second compiler's work is lost.
      [
        FIRST_COMPILER,
        ...jvmArguments(jars),
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        propertiesFile,
      ],
      { env: javaEnvironment(), signal },
    );
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT')
      throw new Error('java was not found: Apache Kafka needs a Java runtime, 17 or newer');
    throw new Error(`Kafka's log folder could not be formatted: ${stderr?.trim() || message}`);
  }
}
