import { join } from 'node:path';
import { startClickHouse } from './clickhouse/clickhouse.ts';
import { ADMIN_USER, ANALYST_USER } from './clickhouse/users.ts';
import { startKafka } from './kafka/kafka.ts';
import type { StackPorts } from './ports.ts';
import type { Secrets } from './secrets.ts';
import type { Service } from './supervised.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Kafka and ClickHouse are, and what has to be started for that. */
export interface Backends {
  kafkaBrokers: string;
  clickhouse: {
    url: string;
    /** null for a server of its own, unless CLICKHOUSE_TCP_PORT tells it. */
    tcp_port: number | null;
    user: string;
    password: string;
    database: string;
    analyst: { user: string; password: string };
  };
  /** The embedded ones, empty when both are given by address. */
  services: Service[];
}

/**
 * Decides by the environment: KAFKA_BROKERS and CLICKHOUSE_URL name existing ones, which are used and never started;
 * what is not named is embedded, with its data in the data folder.
 */
export function chooseBackends(
  dataDir: string,
  ports: StackPorts,
  secrets: Secrets,
  env: Environment,
): Backends {
  const database = env['CLICKHOUSE_DATABASE'] || 'dms';
  const services: Service[] = [];
  const givenBrokers = env['KAFKA_BROKERS'];
  if (!givenBrokers) services.push(embeddedKafka(dataDir, ports));
  const givenUrl = env['CLICKHOUSE_URL'];
  if (!givenUrl) services.push(embeddedClickHouse(dataDir, ports, secrets, database));
  return {
    kafkaBrokers: givenBrokers || `127.0.0.1:${ports.kafka.broker}`,
    clickhouse: givenUrl
      ? {
          url: givenUrl,
          tcp_port: Number(env['CLICKHOUSE_TCP_PORT']) || null,
          user: env['CLICKHOUSE_USER'] || ADMIN_USER,
          password: env['CLICKHOUSE_PASSWORD'] ?? '',
          database,
          analyst: {
            user: env['DMS_ANALYST_USER'] || ANALYST_USER,
            password: env['DMS_ANALYST_PASSWORD'] ?? '',
          },
        }
      : {
          url: `http://127.0.0.1:${ports.clickhouse.http}`,
          tcp_port: ports.clickhouse.tcp,
          user: ADMIN_USER,
          password: secrets.clickhouse_password,
          database,
          analyst: { user: ANALYST_USER, password: secrets.analyst_password },
        },
    services,
  };
}

function embeddedKafka(dataDir: string, ports: StackPorts): Service {
  return {
    name: 'kafka',
    start: (control) =>
      startKafka(
        { dataDir: join(dataDir, 'kafka'), logFile: logFile(dataDir, 'kafka'), ports: ports.kafka },
        control,
      ),
  };
}

function embeddedClickHouse(dataDir: string, ports: StackPorts, secrets: Secrets, database: string): Service {
  return {
    name: 'clickhouse',
    start: (control) =>
      startClickHouse(
        {
          dataDir: join(dataDir, 'clickhouse'),
          logFile: logFile(dataDir, 'clickhouse'),
          ports: ports.clickhouse,
          adminPassword: secrets.clickhouse_password,
          analystPassword: secrets.analyst_password,
          databases: [database],
        },
        control,
      ),
  };
}

/** Where the output of a child goes. */
export function logFile(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}
