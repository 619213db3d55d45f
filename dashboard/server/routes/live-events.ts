import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { HelloFrame, LIVE_TOPICS, type LiveTopic } from '../../../models/contract/live.ts';
import { originOf } from '../auth/same-origin.ts';
import { principalOf, requireRight } from '../auth/access.ts';
import type { Api } from '../http/api.ts';
import { ProblemError } from '../http/problem.ts';
import { EventStreamSocket } from '../live/event-stream-socket.ts';
import type { Hub } from '../live/hub.ts';

const checkHello = Compile(HelloFrame);
const EventsQuery = Type.Object(
  {
    topic: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: LIVE_TOPICS.length })], {
        description: 'a topic, as often as wanted; all of them if unset',
      }),
    ),
    resume: Type.Optional(
      Type.String({
        maxLength: 4_000,
        description: 'the positions held, as in `resume` of the frame `hello`: JSON [{topic,epoch,seq}]',
      }),
    ),
  },
  { additionalProperties: false },
);

/**
 * `GET /v1/live/events`: the frames of `dms-live.v1` as server-sent events, for networks whose proxies let no WebSocket pass. What a
 * client would say (`hello`, `sub`) stands in the address; no token does.
 */
export function addLiveEventsRoute(api: Api, hub: Hub): void {
  api.get(
    '/v1/live/events',
    {
      // Who only asks for the head would wait for an end that a stream of events does not have.
      exposeHeadRoute: false,
      onRequest: requireRight('read'),
      schema: {
        tags: ['live'],
        summary: 'The live frames as text/event-stream, where no WebSocket passes',
        querystring: EventsQuery,
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => {
      const identity = principalOf(request);
      if (identity.via === 'cookie' && originOf(request.headers) === 'other')
        throw new ProblemError(403, { detail: 'a session may only be used from a page of this server' });
      const hello = helloOf(request.query.resume);
      const topics = topicsOf(request.query.topic);
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        ...headersOf(reply.getHeaders()),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx would hold frames back until its buffer is full.
        'x-accel-buffering': 'no',
      });
      const socket = new EventStreamSocket(response, () => {
        client.silent_heartbeats = 0;
      });
      const client = hub.open(socket, () => identity.isValid());
      response.on('close', () => {
        hub.gone(client);
      });
      if (client.closing) return;
      for (const frame of [hello, ...topics.map((topic) => ({ t: 'sub', topic }))])
        hub.receive(client, Buffer.from(JSON.stringify(frame)), false);
    },
  );
}

function helloOf(resume: string | undefined): HelloFrame {
  if (resume === undefined) return { t: 'hello' };
  let frame: unknown;
  try {
    frame = { t: 'hello', resume: JSON.parse(resume) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!checkHello.Check(frame)) throw refusalOf('resume', 'must be JSON [{topic,epoch,seq}]');
  return frame;
}

function topicsOf(asked: string | string[] | undefined): readonly LiveTopic[] {
  if (asked === undefined) return LIVE_TOPICS;
  return [asked].flat().map((name) => {
    const topic = LIVE_TOPICS.find((one) => one === name);
    if (topic === undefined) throw refusalOf('topic', `must be one of ${LIVE_TOPICS.join(', ')}`);
    return topic;
  });
}

function refusalOf(name: string, detail: string): ProblemError {
  return new ProblemError(400, {
    detail: 'the query is not valid',
    errors: [{ pointer: `/query/${name}`, detail }],
  });
}

/** Of the headers that were set already (helmet's), those that Node takes. */
function headersOf(set: Readonly<Record<string, number | string | string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(set).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
