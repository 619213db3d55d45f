import {
  ClientFrame,
  LIVE_ROWS,
  LIVE_SUBPROTOCOL,
  LIVE_TOPICS,
  PatchFrame,
  ServerFrame,
  SnapFrame,
} from '../../../models/contract/live.ts';

const FRAMES = [...ClientFrame.anyOf, ...ServerFrame.anyOf] as const;
type Frame = (typeof FRAMES)[number];

/**
 * The AsyncAPI 3.0 document of `dms-live.v1`, made from the schemas by which frames are read and written: one message for
 * each value of `t`, and for `snap` and `patch` the rows of each topic. `send` and `receive` are the server's.
 */
export function asyncApiDocument(version: string): object {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Dealerstream live', version, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    channels: {
      live: {
        address: '/v1/live',
        description: `A WebSocket of subprotocol ${LIVE_SUBPROTOCOL}; each text message is one frame. The bearer token stands in a header or the session in a cookie, never in the address.`,
        messages: Object.fromEntries(
          FRAMES.map((frame) => [nameOf(frame), { $ref: `#/components/messages/${nameOf(frame)}` }]),
        ),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      receive: operation('receive', 'What a client asks for', ClientFrame.anyOf),
      send: operation('send', 'What the server tells', ServerFrame.anyOf),
    },
    components: {
      messages: Object.fromEntries(
        FRAMES.map((frame) => [
          nameOf(frame),
          { name: nameOf(frame), contentType: 'application/json', payload: payloadOf(frame) },
        ]),
      ),
    },
  };
}

function nameOf(frame: Frame): string {
  return frame.properties.t.const;
}

function operation(action: 'send' | 'receive', summary: string, frames: readonly Frame[]): object {
  return {
    action,
    summary,
    channel: { $ref: '#/channels/live' },
    messages: frames.map((frame) => ({ $ref: `#/channels/live/messages/${nameOf(frame)}` })),
  };
}

/** The frames leave their rows open, because what a row must be follows from the topic: told here as if … then. */
function payloadOf(frame: Frame): object {
  if (nameOf(frame) === SnapFrame.properties.t.const) {
    return { ...frame, allOf: rowsByTopic((row) => ({ data: { additionalProperties: row } })) };
  }
  if (nameOf(frame) === PatchFrame.properties.t.const) {
    return { ...frame, allOf: rowsByTopic((row) => ({ ops: { items: { properties: { row } } } })) };
  }
  return frame;
}

function rowsByTopic(properties: (row: object) => object): object[] {
  return LIVE_TOPICS.map((topic) => ({
    if: { properties: { topic: { const: topic } } },
    then: { properties: properties(LIVE_ROWS[topic]) },
  }));
}
