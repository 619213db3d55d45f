import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LIVE_CLOSE, LIVE_SUBPROTOCOL } from '../../../models/contract/live.ts';
import type { WebSocket } from '@fastify/websocket';
import { originOf } from '../auth/same-origin.ts';
import { ProblemError } from '../http/problem.ts';
import type { Hub } from '../live/hub.ts';

/** RFC 6455: the client speaks another protocol. */
const PROTOCOL_ERROR = 1002;

/**
 * `GET /v1/live`: the upgrade to `dms-live.v1`. A refusal is told by a close code after the upgrade: a browser hides the
 * HTTP status of a failed one from the page.
 */
export function addLiveRoute(app: FastifyInstance, hub: Hub, close_grace_ms: number): void {
  app.route({
    method: 'GET',
    url: '/v1/live',
    schema: { hide: true },
    handler: () => {
      throw new ProblemError(426, { detail: `upgrade to ${LIVE_SUBPROTOCOL}` }, { upgrade: 'websocket' });
    },
    wsHandler: (socket, request) => {
      const refusal = refusalOf(socket, request);
      if (refusal) refuse(socket, refusal, close_grace_ms);
      else attach(hub, socket, request);
    },
  });
}

/** No await lies between the upgrade and the first listener: a frame that came at once is not lost. */
function attach(hub: Hub, socket: WebSocket, request: FastifyRequest): void {
  const { identity } = request;
  const client = hub.open(socket, () => typeof identity !== 'string' && identity.isValid());
  socket.on('message', (data, isBinary) => {
    // binaryType is nodebuffer, ws's default: a message is one Buffer.
    if (Buffer.isBuffer(data)) hub.receive(client, data, isBinary);
  });
  socket.on('pong', () => {
    client.silent_heartbeats = 0;
  });
  socket.on('close', () => {
    hub.gone(client);
  });
}

interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** Whoever does not answer the close is cut: a refused socket holds nothing for longer. */
function refuse(socket: WebSocket, { code, reason }: Refusal, close_grace_ms: number): void {
  const cut = setTimeout(() => {
    socket.terminate();
  }, close_grace_ms);
  socket.on('close', () => {
    clearTimeout(cut);
  });
  socket.close(code, reason);
}

function refusalOf(socket: WebSocket, request: FastifyRequest): Refusal | undefined {
  const { identity } = request;
  if (socket.protocol !== LIVE_SUBPROTOCOL) {
    return { code: PROTOCOL_ERROR, reason: `subprotocol ${LIVE_SUBPROTOCOL} is needed` };
  }
  if (identity === 'guesser')
    return { code: LIVE_CLOSE.too_many, reason: 'too many wrong tokens from this address' };
  if (identity === 'nobody')
    return { code: LIVE_CLOSE.unauthorized, reason: 'a token or a session is needed' };
  if (identity === 'other_key')
    return { code: LIVE_CLOSE.forbidden, reason: 'this key may only write events' };
  if (identity.via === 'cookie' && originOf(request.headers) === 'other') {
    return { code: LIVE_CLOSE.forbidden, reason: 'a session may only be used from a page of this server' };
  }
  return undefined;
}
