import type { Socket } from './connection.ts';

/** Opens the live socket of the server that the page came from; the session cookie goes with it. */
export function openSocket(protocol: string): Socket {
  const url = new URL('/v1/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, protocol);
  const held: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => {
      socket.send(text);
    },
    close: (code) => {
      socket.close(code);
    },
  };
  socket.onopen = () => held.onopen?.();
  socket.onmessage = (event) => held.onmessage?.(event);
  socket.onclose = (event) => held.onclose?.(event);
  return held;
}
