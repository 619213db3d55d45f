import { join } from 'node:path';
import type { ClickHousePorts } from './clickhouse/clickhouse.ts';
import { freePorts } from './free-ports.ts';
import type { KafkaPorts } from './kafka/kafka.ts';
import { readJson, writePrivateJson } from './private-json.ts';

/** Every port of a stack, of whatever it does not take from elsewhere too. */
export interface StackPorts {
  kafka: KafkaPorts;
  clickhouse: ClickHousePorts;
  edge: number;
  sink: number;
  processors: number;
  /** The public one. */
  server: number;
}

const SERVER_PORT_FIRST_CHOICE = 8080;

/**
 * Chooses the ports of a run: those of the last run that are still free, free ones for the rest. `server`, when given, is
 * not silently replaced.
 * @throws Error when `server` cannot be had: told here, before a minute is spent on starting what stands before the server
 */
export async function choosePorts(
  dataDir: string,
  host: string,
  server: number | undefined,
): Promise<StackPorts> {
  const file = join(dataDir, 'ports.json');
  const last = readJson(file) as StackPorts | undefined;
  const wanted = last && [
    last.kafka.broker,
    last.kafka.controller,
    last.clickhouse.http,
    last.clickhouse.tcp,
    last.edge,
    last.sink,
    last.processors,
  ];
  const inner = (await freePorts(7, wanted)) as [number, number, number, number, number, number, number];
  const [broker, controller, http, tcp, edge, sink, processors] = inner;
  const [free] = await freePorts(1, [server ?? last?.server ?? SERVER_PORT_FIRST_CHOICE], host);
  if (server !== undefined && free !== server)
    throw new Error(
      `port ${server} of ${host} is in use, or may not be used; without --port and DMS_PORT a free one is taken`,
    );
  const ports: StackPorts = {
    kafka: { broker, controller },
    clickhouse: { http, tcp },
    edge,
    sink,
    processors,
    server: free ?? SERVER_PORT_FIRST_CHOICE,
  };
  writePrivateJson(file, ports);
  return ports;
}
