import { messageOf } from './caught.ts';

/**
 * The environment of every program, in one table: name, meaning, how it is read, what holds when it is unset.
 * A program names the variables that it needs and gets a frozen, typed record; anything wrong is told at once, all of it.
 */

interface Variable<T> {
  readonly description: string;
  /** Throws an Error whose message says what was expected. */
  readonly parse: (text: string) => T;
  /** What holds when it is unset; a variable without it must be set. */
  readonly fallback?: T;
  /** Never printed. */
  readonly secret?: boolean;
}

function variable<T>(definition: Variable<T>): Variable<T> {
  return definition;
}

const VARIABLES = {
  KAFKA_BROKERS: variable({ description: 'Kafka brokers, host:port, comma-separated', parse: brokers }),
  CLICKHOUSE_URL: variable({ description: 'HTTP address of ClickHouse', parse: url }),
  CLICKHOUSE_USER: variable({ description: 'its user', parse: text, fallback: 'dms' }),
  CLICKHOUSE_PASSWORD: variable({ description: 'its password', parse: text, fallback: '', secret: true }),
  CLICKHOUSE_DATABASE: variable({ description: 'the one database', parse: identifier, fallback: 'dms' }),
  CLICKHOUSE_CLUSTER: variable({
    description: 'its cluster, on whose servers the schema is made; unset = it is one server',
    parse: text,
    fallback: '',
  }),
  DMS_TOPIC_PREFIX: variable({
    description: 'put before every topic and consumer group',
    parse: text,
    fallback: '',
  }),
  DMS_HOST: variable({
    description: 'address that the server listens on',
    parse: text,
    fallback: '127.0.0.1',
  }),
  DMS_PORT: variable({ description: 'port of the server; 0 = a free one', parse: port, fallback: 8080 }),
  DMS_ADMIN_TOKEN: variable({
    description: 'bearer token that opens every call',
    parse: secret,
    secret: true,
  }),
  DMS_TIME_ZONE: variable({
    description: 'IANA zone whose midnight begins a day',
    parse: timeZone,
    fallback: 'Asia/Shanghai',
  }),
  DMS_REPORTING_CURRENCY: variable({
    description: 'ISO 4217 code of the wallboard’s money',
    parse: currency,
    fallback: 'CNY',
  }),
  EDGE_HOST: variable({
    description: 'address that the edge listens on',
    parse: text,
    fallback: '127.0.0.1',
  }),
  EDGE_PORT: variable({ description: 'port of the edge; 0 = a free one', parse: port, fallback: 8081 }),
  EDGE_URL: variable({
    description: 'where the server finds the edge',
    parse: url,
    fallback: 'http://127.0.0.1:8081',
  }),
  EDGE_HELD_BYTES_MAX: variable({
    description: 'bytes of bodies that the edge holds at once; beyond them it answers 503',
    parse: (value) => integer(value, 16 * 1024 * 1024),
    fallback: 64 * 1024 * 1024,
  }),
  EDGE_KEY_EVENTS_PER_S_MAX: variable({
    description: 'events a second that one key may post; beyond them the edge answers 429; 0 = no limit',
    parse: (value) => integer(value, 0),
    fallback: 0,
  }),
  DMS_GS1_RESOLVER: variable({
    description: 'scheme and domain of the Digital Links that codes of captured EPCIS documents become',
    parse: url,
    fallback: 'https://id.gs1.org',
  }),
  SINK_PORT: variable({
    description: 'port of the sink’s health and metrics; 0 = a free one',
    parse: port,
    fallback: 8082,
  }),
  SINK_INSTANCE: variable({
    description:
      'name of a sink that no other one has at the same time: when it starts again it need not wait for Kafka to notice that it had died; unset = it waits',
    parse: text,
    fallback: '',
  }),
  PROCESSORS_PORT: variable({
    description: 'port of the processors’ health and metrics; 0 = a free one',
    parse: port,
    fallback: 8083,
  }),
  DMS_WEBHOOKS_FILE: variable({
    description: 'JSON file of the webhooks that alerts are posted to',
    parse: text,
    fallback: '',
  }),
  DMS_DELIVERIES_FILE: variable({
    description: 'JSON file of the places that the planners’ exports are delivered to',
    parse: text,
    fallback: '',
  }),
  DMS_SFTP_PASSWORD: variable({
    description: 'password for deliveries by SFTP',
    parse: text,
    fallback: '',
    secret: true,
  }),
  DMS_SFTP_KEY_FILE: variable({
    description: 'file of the private key for deliveries by SFTP',
    parse: text,
    fallback: '',
  }),
  DMS_SFTP_HOST_KEY: variable({
    description: 'fingerprint that the SFTP server’s key must have, as ssh-keygen -lf prints it',
    parse: fingerprint,
    fallback: '',
  }),
  GEO_DATA_DIR: variable({
    description: 'folder that replaces the shipped map data',
    parse: text,
    fallback: '',
  }),
  LOG_LEVEL: variable({ description: 'pino level', parse: logLevel, fallback: 'info' }),
} as const;

export type VariableName = keyof typeof VARIABLES;
type ValueOf<V> = V extends Variable<infer T> ? T : never;
export type Config<N extends VariableName> = Readonly<{ [K in N]: ValueOf<(typeof VARIABLES)[K]> }>;

/** The environment does not say what a program needs; `problems` has one line for each variable. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the named variables once.
 * @throws ConfigError naming every variable that is missing or wrong; a secret's value is never in it.
 */
export function readConfig<N extends VariableName>(
  names: readonly N[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config<N> {
  const problems: string[] = [];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of names) {
    const definition: Variable<unknown> = VARIABLES[name];
    const given = env[name];
    if (given === undefined || given === '') {
      if ('fallback' in definition) values[name] = definition.fallback;
      else problems.push(`${name} is not set (${definition.description})`);
      continue;
    }
    try {
      values[name] = definition.parse(given);
    } catch (error) {
      const shown = definition.secret ? '' : ` but is ${JSON.stringify(given)}`;
      problems.push(`${name} must be ${messageOf(error)}${shown}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as Config<N>;
}

function text(value: string): string {
  return value;
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function brokers(value: string): readonly string[] {
  const list = value.split(',').map((broker) => broker.trim());
  expect(
    list.every((broker) => /^.+:\d{1,5}$/.test(broker)),
    'host:port, comma-separated',
  );
  return Object.freeze(list);
}

function url(value: string): string {
  expect(URL.canParse(value) && /^https?:/.test(value), 'an http address');
  return value.replace(/\/+$/, '');
}

function port(value: string): number {
  expect(/^\d{1,5}$/.test(value) && Number(value) <= 65_535, 'a port from 0 to 65535');
  return Number(value);
}

function integer(value: string, minimum: number): number {
  expect(/^\d{1,15}$/.test(value) && Number(value) >= minimum, `an integer, at least ${minimum}`);
  return Number(value);
}

function identifier(value: string): string {
  expect(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(value), 'an identifier');
  return value;
}

function fingerprint(value: string): string {
  expect(/^SHA256:[A-Za-z0-9+/]{43}$/.test(value), 'SHA256: and 43 characters');
  return value;
}

function secret(value: string): string {
  expect(value.length >= 16, 'at least 16 characters');
  return value;
}

function timeZone(value: string): string {
  expect(Intl.supportedValuesOf('timeZone').includes(value) || value === 'UTC', 'an IANA time zone');
  return value;
}

function currency(value: string): string {
  expect(/^[A-Z]{3}$/.test(value), 'an ISO 4217 code');
  return value;
}

function logLevel(value: string): string {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
  expect(levels.includes(value), `one of ${levels.join(', ')}`);
  return value;
}
