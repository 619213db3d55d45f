import { describe, expect, it } from 'vitest';
import { brokerProperties } from './properties.ts';

const parse = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  );
const given = { logDir: '/srv/dms/kafka/log', brokerPort: 9092, controllerPort: 9093 };

describe('server.properties', () => {
  it('names one broker that is its own controller, on loopback alone', () => {
    expect(parse(brokerProperties(given))).toMatchObject({
      'process.roles': 'broker,controller',
      'controller.quorum.voters': '1@127.0.0.1:9093',
      listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:9092',
      'log.dirs': '/srv/dms/kafka/log',
    });
  });

  it('lets nothing create a topic by touching it, and fetches whatever may be written', () => {
    const properties = parse(brokerProperties(given));
    expect(properties['auto.create.topics.enable']).toBe('false');
    expect(properties['replica.fetch.max.bytes']).toBe(properties['message.max.bytes']);
  });

  it('asks for one copy of everything that is replicated', () => {
    const properties = parse(brokerProperties(given));
    const copies = Object.entries(properties).filter(([name]) => /replication\.factor|min\.isr/.test(name));
    expect(copies.length).toBeGreaterThan(3);
    expect(copies.every(([, value]) => value === '1')).toBe(true);
  });

  it('writes a backslash in a path as the escape that java.util.Properties reads', () => {
    expect(parse(brokerProperties({ ...given, logDir: 'C:\\dms' }))['log.dirs']).toBe('C:\\\\dms');
  });
});
