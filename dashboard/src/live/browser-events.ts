import { LIVE_CLOSE, type ClientFrame } from '../../../models/contract/live.ts';
import type { Socket } from './connection.ts';

/** RFC 6455: the connection broke without a close frame. */
const ABNORMAL = 1006;

/**
 * The live frames as server-sent events, behind the face of a socket: for networks whose proxies let no WebSocket pass. What is said
 * as it opens goes into the address; whoever says anything later (it asks for a snapshot) loses the stream and comes back.
 */
export function openEvents(): Socket {
  let source: EventSource | undefined;
  const said: ClientFrame[] = [];
  const held: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => {
      if (source === undefined) said.push(JSON.parse(text) as ClientFrame);
      else end(ABNORMAL);
    },
    close: () => {
      source?.close();
      said.length = 0;
    },
  };
  function end(code: number): void {
    source?.close();
    held.onclose?.({ code });
  }
  function open(): void {
    held.onopen?.();
    // Closed before it was open.
    if (said.length === 0) return;
    const stream = new EventSource(addressOf(said));
    source = stream;
    stream.onmessage = (event: MessageEvent<string>) => held.onmessage?.({ data: event.data });
    stream.addEventListener('close', (event: MessageEvent<string>) => {
      end((JSON.parse(event.data) as { code: number }).code);
    });
    // A refusal hides its status as a failed upgrade does: the session is asked then.
    let opened = false;
    stream.onopen = () => (opened = true);
    stream.onerror = () => {
      end(opened ? ABNORMAL : LIVE_CLOSE.unauthorized);
    };
  }
  queueMicrotask(open);
  return held;
}

function addressOf(said: readonly ClientFrame[]): string {
  const query = new URLSearchParams();
  for (const frame of said) {
    if (frame.t === 'hello' && frame.resume !== undefined) query.set('resume', JSON.stringify(frame.resume));
    if (frame.t === 'sub') query.append('topic', frame.topic);
  }
  return `/v1/live/events?${query.toString()}`;
}
