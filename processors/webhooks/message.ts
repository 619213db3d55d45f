import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Alert, AlertKind, AlertSeverity, CaseState } from '../../models/contract/alert.ts';
import type { WebhookTarget } from './targets.ts';

/** What is posted. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of a case without anybody's doing: later data explain what it rested on; it goes, or stays because somebody took it up. */
export type Ended = 'withdrawn' | 'lapsed';
/** What is told of a case: the state that it came into, or its end. */
export type Told = CaseState | Ended;

const WORDS = {
  zh: {
    title: '窜货预警',
    dealer: '货主',
    found: '发现地',
    product: '产品',
    units: '件数',
    value: '货值',
    confidence: '置信度',
    signals: '信号',
    open: '查看案件',
    comma: '、',
    severity: { critical: '严重', warning: '警告', info: '提示' } satisfies Record<AlertSeverity, string>,
    state: {
      open: '未处理',
      acknowledged: '已知悉',
      investigating: '调查中',
      confirmed: '已确认',
      dismissed: '已排除',
      closed: '已结案',
      withdrawn: '已撤销（现有数据已足以解释）',
      lapsed: '现有数据已不足以立案',
    } satisfies Record<Told, string>,
    kind: {
      out_of_territory: '跨区扫码',
      clone: '一码多用',
      impossible_travel: '移动过快',
      scan_order: '扫码顺序异常',
      wrong_receiver: '错收',
      broken_aggregation: '包装关系破坏',
      missing_scans: '扫码缺失',
      below_floor: '低于限价',
      order_surge: '订单突增',
      paired_buyer: '关联买家',
    } satisfies Record<AlertKind, string>,
  },
  en: {
    title: 'Diversion alert',
    dealer: 'Dealer',
    found: 'Found in',
    product: 'Product',
    units: 'Units',
    value: 'Value',
    confidence: 'Confidence',
    signals: 'Signals',
    open: 'Open the case',
    comma: ', ',
    severity: { critical: 'critical', warning: 'warning', info: 'info' },
    state: {
      open: 'open',
      acknowledged: 'acknowledged',
      investigating: 'investigating',
      confirmed: 'confirmed',
      dismissed: 'dismissed',
      closed: 'closed',
      withdrawn: 'withdrawn: later data explain it',
      lapsed: 'what is known now would raise it no more',
    },
    kind: {
      out_of_territory: 'out of territory',
      clone: 'copied code',
      impossible_travel: 'impossible travel',
      scan_order: 'order of scans',
      wrong_receiver: 'wrong receiver',
      broken_aggregation: 'broken aggregation',
      missing_scans: 'missing scans',
      below_floor: 'below the floor price',
      order_surge: 'order surge',
      paired_buyer: 'paired buyer',
    },
  },
} as const;

/**
 * The message that tells a target of a case. Of `json` the body is `{type, timestamp, data}` with the contract's alert as data, and its headers are
 * those of the Standard Webhooks specification (standardwebhooks.com): the same id with every attempt.
 * @param at of the attempt: signatures hold for some minutes
 * @param visit how often the same had been told of the case before
 */
export function messageOf(
  target: WebhookTarget,
  alert: Alert,
  at: Date,
  visit = 0,
  told: Told = alert.state,
): Message {
  const headers = { 'content-type': 'application/json', 'user-agent': 'dealerstream' };
  switch (target.format) {
    case 'json': {
      const again = visit === 0 ? '' : `.${visit + 1}`;
      const id = `${alert.alert_id}.${told}.${alert.severity}${again}`;
      const body = JSON.stringify({ type: `alert.${told}`, timestamp: alert.updated_at, data: alert });
      const signed = {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        ...(target.secret === undefined
          ? {}
          : { 'webhook-signature': new Webhook(target.secret).sign(id, at, body) }),
      };
      return { url: target.url, headers: { ...headers, ...signed }, body };
    }
    case 'wecom': {
      const body = JSON.stringify({
        msgtype: 'markdown',
        markdown: { content: textOf(target, alert, told) },
      });
      return { url: target.url, headers, body };
    }
    case 'dingtalk': {
      const { title } = WORDS[target.lang];
      const body = JSON.stringify({
        msgtype: 'markdown',
        markdown: { title, text: textOf(target, alert, told) },
      });
      return { url: signedForDingTalk(target, at), headers, body };
    }
  }
}

/** DingTalk signs the address: base64 of HMAC-SHA256 over "<ms>\n<secret>" (open.dingtalk.com, custom robots). */
function signedForDingTalk({ url, secret }: WebhookTarget, at: Date): string {
  if (secret === undefined) return url;
  const timestamp = String(at.getTime());
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  const signed = new URL(url);
  signed.searchParams.set('timestamp', timestamp);
  signed.searchParams.set('sign', sign);
  return signed.href;
}

function textOf({ lang, pages_url }: WebhookTarget, alert: Alert, told: Told): string {
  const w = WORDS[lang];
  const found = [alert.found_adcode ?? alert.found_territory_id, alert.found_dealer_id]
    .filter((part) => part !== undefined)
    .join(' ');
  const lines = [
    `### ${w.title} · ${w.severity[alert.severity]} · ${w.state[told]}`,
    `- ${w.dealer}: ${plain(alert.origin_dealer_id)}`,
    ...(found === '' ? [] : [`- ${w.found}: ${plain(found)}`]),
    `- ${w.product}: ${plain([alert.sku_id, alert.lot].filter((part) => part !== undefined).join(' / '))}`,
    `- ${w.units}: ${alert.units}`,
    `- ${w.value}: ${alert.value} ${alert.currency}`,
    `- ${w.confidence}: ${(alert.confidence * 100).toFixed(0)}%`,
    `- ${w.signals}: ${alert.kinds.map((kind) => w.kind[kind]).join(w.comma)}`,
  ];
  if (pages_url !== '') lines.push(`[${w.open}](${pages_url}/alerts/${encodeURIComponent(alert.alert_id)})`);
  return lines.join('\n');
}

/** Ids come from outside: in Markdown they must be text. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#<>!|~]/g, '\\$&');
}
