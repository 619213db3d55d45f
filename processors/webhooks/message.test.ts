import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, test } from 'vitest';
import type { Alert } from '../../models/contract/alert.ts';
import { messageOf } from './message.ts';
import { readWebhooks, type WebhookTarget } from './targets.ts';

const alert: Alert = {
  alert_id: 'dv-1',
  state: 'open',
  severity: 'critical',
  kinds: ['out_of_territory', 'clone'],
  confidence: 0.987,
  origin_dealer_id: 'D_1',
  found_adcode: '440100',
  sku_id: 'S1',
  lot: 'L1',
  units: 12,
  value: '3400.00',
  currency: 'CNY',
  codes: [],
  first_event_time: '2026-11-24T00:00:00.000Z',
  last_event_time: '2026-11-24T01:00:00.000Z',
  raised_at: '2026-11-24T01:00:02.000Z',
  updated_at: '2026-11-24T01:00:02.000Z',
};
const at = new Date();
const folder = mkdtempSync(join(tmpdir(), 'webhooks-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
/** The targets of a file with this text. */
function read(said: unknown): readonly WebhookTarget[] {
  const file = join(folder, 'webhooks.json');
  writeFileSync(file, JSON.stringify(said));
  return readWebhooks(file);
}
function target(fields: object): WebhookTarget {
  const [first] = read({
    pages_url: 'https://wall.example.com/',
    targets: [{ name: 'duty', url: 'https://hooks.example.com/x?key=1', format: 'json', ...fields }],
  });
  if (first === undefined) throw new Error('no target');
  return first;
}

describe('the message to a webhook', () => {
  test('json carries the contract’s alert, and a signature that a library of the receiver takes', () => {
    const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;
    const { url, headers, body } = messageOf(target({ secret }), alert, at);
    expect(url).toBe('https://hooks.example.com/x?key=1');
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'alert.open',
      timestamp: alert.updated_at,
      data: alert,
    });
    expect(() => new Webhook(secret).verify(body.replace('3400', '1'), headers)).toThrow();
    expect(headers['webhook-id']).toBe('dv-1.open.critical');
    expect(messageOf(target({}), alert, at).headers['webhook-signature']).toBeUndefined();
    expect(messageOf(target({}), alert, at, 1).headers['webhook-id']).toBe(
      `${alert.alert_id}.${alert.state}.${alert.severity}.2`,
    );
  });

  test('a robot of WeCom gets Markdown with the link, in its language; ids are text in it', () => {
    const zh = JSON.parse(messageOf(target({ format: 'wecom' }), alert, at).body) as {
      msgtype: string;
      markdown: { content: string };
    };
    expect(zh.msgtype).toBe('markdown');
    expect(zh.markdown.content).toContain('窜货预警 · 严重 · 未处理');
    expect(zh.markdown.content).toContain('D\\_1');
    expect(zh.markdown.content).toContain('跨区扫码、一码多用');
    expect(zh.markdown.content).toContain('(https://wall.example.com/alerts/dv-1)');
    expect(messageOf(target({ format: 'wecom', lang: 'en' }), alert, at).body).toContain('Diversion alert');
  });

  test('a robot of DingTalk gets a signed address', () => {
    const { url, body } = messageOf(target({ format: 'dingtalk', secret: 'SEC1' }), alert, at);
    const { searchParams } = new URL(url);
    const timestamp = searchParams.get('timestamp') ?? '';
    expect(Number(timestamp)).toBe(at.getTime());
    expect(searchParams.get('sign')).toBe(
      createHmac('sha256', 'SEC1').update(`${timestamp}\nSEC1`).digest('base64'),
    );
    expect(searchParams.get('key')).toBe('1');
    expect(body).toContain('"title":"窜货预警"');
  });
});

describe('the file of webhooks', () => {
  test('a robot is told of open cases alone, a program of all; no file is no webhook', () => {
    expect(target({ format: 'wecom' }).states).toEqual(['open']);
    expect(target({}).states).toHaveLength(6);
    expect(readWebhooks('')).toEqual([]);
  });

  test.each([
    [{ targets: [{ name: 'a', url: 'ftp://x', format: 'json' }] }, '/targets/0/url'],
    [{ targets: [{ name: 'a', url: 'https://x', format: 'fax' }] }, '/targets/0/format'],
    [{ targets: [{ name: 'a', url: 'https://x', format: 'json', states: ['new'] }] }, '/targets/0/states/0'],
    [{ targets: [], page: 1 }, 'webhooks.json'],
  ])('%j is refused with the place', (said, place) => {
    expect(() => read(said)).toThrow(place);
  });

  test('a file that is none, or no JSON, is named', () => {
    expect(() => readWebhooks(join(folder, 'missing.json'))).toThrow('missing.json');
    writeFileSync(join(folder, 'broken.json'), '{"targets": [');
    expect(() => readWebhooks(join(folder, 'broken.json'))).toThrow('broken.json');
  });

  test('a secret is never told, also where it is what makes the file no JSON', () => {
    const file = join(folder, 'unquoted.json');
    writeFileSync(file, '{"targets":\n[{"secret": hush}]}');
    expect(() => readWebhooks(file)).toThrow(`${file}: line 2 is not valid JSON`);
  });

  test('two of one name are refused', () => {
    const one = { name: 'a', url: 'https://x', format: 'json' };
    expect(() => read({ targets: [one, one] })).toThrow('two targets');
  });
});
