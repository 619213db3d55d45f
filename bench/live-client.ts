import { once } from 'node:events';
import { WebSocket } from 'ws';
import { LIVE_SUBPROTOCOL, type LiveTopic, type ServerFrame } from '../models/contract/live.ts';

/**
 * A client of the wallboard's live protocol, subscribed to one topic; its end resolves when the connection is closed.
 * @param onFrame is given each frame, and when it was there, ms since 1970
 */
export async function openLive(
  url: string,
  token: string,
  topic: LiveTopic,
  onFrame: (frame: ServerFrame, at_ms: number) => void,
): Promise<() => Promise<void>> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, LIVE_SUBPROTOCOL, { headers });
  socket.on('message', (data: Buffer) => {
    onFrame(JSON.parse(data.toString('utf8')) as ServerFrame, Date.now());
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ t: 'hello' }));
  socket.send(JSON.stringify({ t: 'sub', topic }));
  return async () => {
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  };
}
