import { connect } from 'node:net';

const METADATA_API_KEY = 3;
const METADATA_API_VERSION = 4;
const CORRELATION_ID = 1;
const ANSWER_BYTES_MAX = 1024 * 1024;

/**
 * Asks one broker for its metadata (Metadata v4, no topics) over a socket of its own.
 * Resolves when the answer names at least one broker, which is when clients can work with it.
 * @throws Error with the reason, also when no answer came within `timeout_ms`.
 */
export async function probeKafka(host: string, port: number, timeout_ms: number): Promise<void> {
  const answer = await exchange(host, port, metadataRequest(), timeout_ms);
  const { correlation, brokers } = parseMetadata(answer);
  if (correlation !== CORRELATION_ID)
    throw new Error('the answer belongs to another request: no Kafka broker');
  if (brokers < 1) throw new Error('the broker has not registered with its controller yet');
}

/** Request header v1 (api key, version, correlation, client id), then: no topics, no auto-creation. */
function metadataRequest(): Buffer {
  const clientId = Buffer.from('dealerstream-probe');
  const body = Buffer.alloc(10 + clientId.length + 5);
  body.writeInt16BE(METADATA_API_KEY, 0);
  body.writeInt16BE(METADATA_API_VERSION, 2);
  body.writeInt32BE(CORRELATION_ID, 4);
  body.writeInt16BE(clientId.length, 8);
  clientId.copy(body, 10);
  body.writeInt32BE(0, 10 + clientId.length);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Response header v0 (correlation), throttle time, then the array of brokers. */
function parseMetadata(answer: Buffer): { correlation: number; brokers: number } {
  if (answer.length < 12) throw new Error('the answer is too short: no Kafka broker');
  return { correlation: answer.readInt32BE(0), brokers: answer.readInt32BE(8) };
}

/** Sends one length-prefixed request and resolves to the answer without its length. */
function exchange(host: string, port: number, request: Buffer, timeout_ms: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeout_ms, () => {
      fail(new Error(`no answer from ${host}:${port} within ${timeout_ms} ms`));
    });
    socket.once('connect', () => socket.write(request));
    socket.once('error', fail);
    socket.once('close', () => {
      fail(new Error(`${host}:${port} closed the connection`));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readInt32BE(0);
      if (length < 0 || length > ANSWER_BYTES_MAX)
        fail(new Error('the answer has an absurd length: no Kafka broker'));
      else if (received.length >= 4 + length) {
        resolve(received.subarray(4, 4 + length));
        socket.destroy();
      }
    });
  });
}
