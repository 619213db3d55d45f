/**
 * Serves the built wall and speaks `dms-live.v1` from a fixture, for looking at states without a stack:
 * `node --import tsx tests/e2e/support/replay-server.ts [scenario] [port]`. What the wall does with real data is tested on the real server.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  LIVE_SUBPROTOCOL,
  LIVE_TOPICS,
  type ClientFrame,
  type ServerFrame,
} from '../../../models/contract/live.ts';
import { SCENARIOS, wallRows, type Scenario } from './wall-fixture.ts';

const DIST = fileURLToPath(new URL('../../../dashboard/dist', import.meta.url));
const HEARTBEAT_MS = 1000;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** As the real server sends it, so that a style it would refuse is seen here too. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'";

const asked = SCENARIOS.find((scenario) => scenario === process.argv[2]);
const scenario: Scenario = asked ?? 'full';
const unpaired = process.argv[2] === 'unpaired';

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path === '/v1/session') {
    response.writeHead(unpaired ? 401 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(unpaired ? { title: 'Unauthorized' } : { role: 'admin', display_name: 'replay' }),
    );
    return;
  }
  if (path.startsWith('/v1/')) {
    response.writeHead(404, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404 }));
    return;
  }
  const file = join(DIST, normalize(path));
  const found =
    file.startsWith(DIST) && existsSync(file) && statSync(file).isFile() ? file : join(DIST, 'index.html');
  response.writeHead(200, {
    'content-type': MEDIA_TYPES[extname(found)] ?? 'application/octet-stream',
    'content-security-policy': CONTENT_SECURITY_POLICY,
  });
  createReadStream(found).pipe(response);
}

function serve(socket: WebSocket): void {
  const send = (frame: ServerFrame): void => {
    socket.send(JSON.stringify(frame));
  };
  const time = (): string => new Date().toISOString();
  const subscribed = new Set<string>();
  const beat = setInterval(() => {
    send({ t: 'hb', server_time: time(), lag_s: { orders: 1.2, scans: 0.8, stock: null } });
  }, HEARTBEAT_MS);
  send({ t: 'welcome', hb_ms: HEARTBEAT_MS, build: 'replay', server_time: time() });
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as ClientFrame;
    if (frame.t === 'unsub') subscribed.delete(frame.topic);
    if (frame.t !== 'sub' || subscribed.has(frame.topic)) return;
    const topic = LIVE_TOPICS.find((each) => each === frame.topic);
    if (topic === undefined) return;
    subscribed.add(topic);
    send({
      t: 'snap',
      topic,
      epoch: String(process.pid),
      seq: 1,
      as_of: time(),
      data: wallRows(scenario, Date.now())[topic],
    });
  });
  socket.on('close', () => {
    clearInterval(beat);
  });
}

const server = createServer(answer);
const sockets = new WebSocketServer({ server, path: '/v1/live', handleProtocols: () => LIVE_SUBPROTOCOL });
sockets.on('connection', serve);
server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    console.log(`http://127.0.0.1:${address.port} (${scenario})`);
});
