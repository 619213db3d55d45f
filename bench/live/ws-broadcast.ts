import { randomUUID } from 'node:crypto';
import { WebSocket, WebSocketServer } from 'ws';
import { LIVE_SUBPROTOCOL } from '../../models/contract/live.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import { RESULTS_TOPIC } from '../../models/contract/topics.ts';
import { createKafka, topicName } from '../../ingest/kafka.ts';
import { readConfig } from '../../ingest/program/config.ts';
import { runProgram, type Logger, type Running } from '../../ingest/program/program.ts';

/**
 * The peer: what everybody writes first. Each result of the same topic becomes one text that is sent to every client of a
 * plain `ws` server: no state, no resume, no bound for a client that does not read, no right that is checked.
 */
runProgram('ws-broadcast', start);

const HEARTBEAT_MS = 5_000;

async function start(log: Logger): Promise<Running> {
  const config = readConfig(['KAFKA_BROKERS', 'DMS_TOPIC_PREFIX', 'DMS_HOST', 'DMS_PORT']);
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'ws-broadcast', log });
  const server = new WebSocketServer({
    host: config.DMS_HOST,
    port: config.DMS_PORT,
    handleProtocols: () => LIVE_SUBPROTOCOL,
  });
  server.on('connection', (socket) => {
    const server_time = new Date().toISOString();
    socket.send(JSON.stringify({ t: 'welcome', hb_ms: HEARTBEAT_MS, build: 'none', server_time }));
    socket.on('error', (error) => {
      log.debug({ err: error }, 'a client is gone');
    });
  });
  const epoch = randomUUID();
  let seq = 0;
  const consumer = kafka.consumer({
    groupId: `${config.DMS_TOPIC_PREFIX}ws-broadcast-${epoch}`,
    allowAutoTopicCreation: false,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: topicName(RESULTS_TOPIC, config.DMS_TOPIC_PREFIX) });
  await consumer.run({
    eachMessage: ({ message }) => {
      const { topic, as_of, ops } = JSON.parse(String(message.value)) as ResultMessage;
      const prev = seq;
      seq += 1;
      const text = JSON.stringify({ t: 'patch', topic, epoch, seq, prev, as_of, ops });
      for (const client of server.clients) {
        if (client.readyState === WebSocket.OPEN) client.send(text);
      }
      return Promise.resolve();
    },
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  log.info({ url: `http://${address.address}:${address.port}` }, 'listening');
  return {
    stop: async () => {
      await consumer.disconnect();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
