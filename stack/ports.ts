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
 * Chooses the ports of a run: those of the last run that are still free, free ones for the rest. `server` is taken as it
 * is when given, so that a port that is in use is told by the server, not silently replaced.
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
  const [free] = await freePorts(1, [last?.server ?? SERVER_PORT_FIRST_CHOICE], host);
  const ports: StackPorts = {
    kafka: { broker, controller },
    clickhouse: { http, tcp },
    edge,
    sink,
    processors,
    server: server ?? free ?? SERVER_PORT_FIRST_CHOICE,
  };
  writePrivateJson(file, ports);
  return ports;
}
