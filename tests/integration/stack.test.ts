import { connect } from 'node:net';
import { expect, inject, test } from 'vitest';
import { probeClickHouse } from '../../stack/clickhouse/clickhouse.ts';
import { probeKafka } from '../../stack/kafka/probe.ts';
import { freePorts } from '../../stack/free-ports.ts';

const stack = inject('stack');

test('the run has a Kafka broker that answers a metadata request', async () => {
  const [host, port] = stack.kafka_brokers.split(':');
  await probeKafka(host ?? '', Number(port), 5_000);
});

test('a port that nobody listens on is no Kafka broker', async () => {
  const [port] = await freePorts(1);
  await expect(probeKafka('127.0.0.1', port ?? 0, 5_000)).rejects.toThrow('ECONNREFUSED');
});

test('ClickHouse is no Kafka broker', async () => {
  await expect(probeKafka('127.0.0.1', Number(new URL(stack.clickhouse_url).port), 2_000)).rejects.toThrow();
});

test('the run has a ClickHouse whose two users can sign in', async () => {
  await probeClickHouse(stack.clickhouse_url, stack.admin.user, stack.admin.password);
  await probeClickHouse(stack.clickhouse_url, stack.analyst.user, stack.analyst.password);
});

test('a wrong password and the user default are both refused', async () => {
  await expect(probeClickHouse(stack.clickhouse_url, stack.admin.user, 'wrong')).rejects.toThrow(
    'AUTHENTICATION_FAILED',
  );
  await expect(probeClickHouse(stack.clickhouse_url, 'default', '')).rejects.toThrow(
    'USER_SESSION_LIMIT_EXCEEDED',
  );
});

test('ClickHouse listens for the native protocol too', async () => {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(stack.clickhouse_tcp_port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
});
