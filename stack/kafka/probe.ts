import { connect } from 'node:net';

const CORRELATION_ID = 1;
const ANSWER_BYTES_MAX = 1024 * 1024;
const CLIENT_ID = 'dealerstream-probe';

/**
 * Asks one broker, over sockets of its own, what its clients will ask first: its metadata, and who coordinates a
 * consumer group. Resolves when the metadata names a broker and the group has a coordinator. On a new broker the second
 * question also makes the topic of group offsets, so that no program meets it half made.
 * @throws Error with the reason, also when an answer does not come within `timeout_ms`.
 */
export async function probeKafka(host: string, port: number, timeout_ms: number): Promise<void> {
  const metadata = await exchange(host, port, METADATA_REQUEST, timeout_ms);
  if (answerInt32(metadata, BROKERS_AT) < 1) {
    throw new Error('the broker has not registered with its controller yet');
  }
  const coordinator = await exchange(host, port, FIND_COORDINATOR_REQUEST, timeout_ms);
  const code = answerInt16(coordinator, COORDINATOR_ERROR_AT);
  if (code !== 0) throw new Error(`consumer groups have no coordinator yet (error ${code})`);
}

/** Metadata v4: no topics, no auto-creation. Its answer: correlation, throttle time, then the array of brokers. */
const METADATA_REQUEST = request(3, 4, [int32(0), int8(0)]);
const BROKERS_AT = 8;
/** FindCoordinator v1: the name of a group, key type 0 = group. Its answer: correlation, throttle time, error code, … */
const FIND_COORDINATOR_REQUEST = request(10, 1, [string(CLIENT_ID), int8(0)]);
const COORDINATOR_ERROR_AT = 8;

/** The length, then request header v1: api key, version, correlation, client id; then the body. */
function request(apiKey: number, version: number, body: Buffer[]): Buffer {
  const header = [int16(apiKey), int16(version), int32(CORRELATION_ID), string(CLIENT_ID)];
  const payload = Buffer.concat([...header, ...body]);
  return Buffer.concat([int32(payload.length), payload]);
}

function int8(value: number): Buffer {
  return Buffer.from([value]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([int16(bytes.length), bytes]);
}

/** Reads a field of an answer to one of the requests above. @throws Error when it is none */
function answerInt32(answer: Buffer, at: number): number {
  return checked(answer, at + 4).readInt32BE(at);
}

function answerInt16(answer: Buffer, at: number): number {
  return checked(answer, at + 2).readInt16BE(at);
}

function checked(answer: Buffer, length_min: number): Buffer {
  if (answer.length < length_min || answer.readInt32BE(0) !== CORRELATION_ID) {
    throw new Error('that is no answer of a Kafka broker');
  }
  return answer;
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
