import type { Lang } from './messages.ts';

/**
 * Why a figure has no value, or what it leaves out, in the reader's language. The server gives reasons in English, as the API
 * does; each is known here by its text. One that is not is told as it came, which is better than nothing.
 */
const CHINESE: Readonly<Record<string, string>> = {
  'not computed yet': '尚未计算',
  'no order line fell due in 28 days': '近 28 天无到期订单行',
  'no code was shipped to a dealer 3 to 31 days ago': '3 至 31 天前无发往经销商的物流码',
  'no stock snapshot in 35 days': '近 35 天无库存快照',
  'no stock snapshot in 90 days': '近 90 天无库存快照',
  'no stock snapshot in its horizon': '见效期内无库存快照',
  'no stock snapshot in the window': '统计期内无库存快照',
  'the stock of the window had no value': '统计期内库存价值为零',
  'nothing was sold in the window': '统计期内无销售',
  'no demand in the last 28 days': '近 28 天无需求',
  'no order line was shipped in 28 days': '近 28 天无发货订单行',
  'no unit cost is known for what was shipped': '已发货品无已知单位成本',
  'the unit cost of what was shipped is in another currency': '已发货品的单位成本为其他币种',
  'out of stock on all of the last 28 days: no demand could be seen': '近 28 天一直缺货：看不出需求',
  'no feed of money: nothing is known of invoices and payments': '尚无资金数据：开票与付款未知',
  'no feed of orders: nothing is known of shipments': '尚无订单数据：发货未知',
  'no feed of money: nothing is known of claims and payments': '尚无资金数据：申报与兑付未知',
  'no version of the programme was valid in the period': '该周期内没有有效的方案版本',
  'the period is not over': '周期尚未结束',
  'without shipments whose unit cost is not known': '未计单位成本不明的发货',
  'without shipments whose unit cost is in another currency': '未计单位成本为其他币种的发货',
};

const CHINESE_FEEDS: Readonly<Record<string, string>> = {
  order: '订单',
  scan: '扫码',
  stock: '库存',
  money: '资金',
  activity: '活动',
};

const PATTERNS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    /^no (.+) feed yet$/,
    (feeds = '') =>
      `尚无${feeds
        .split(' and no ')
        .map((feed) => CHINESE_FEEDS[feed] ?? feed)
        .join('、')}数据`,
  ],
  [/^its horizon ends on (.+)$/, (day = '') => `见效期到 ${day} 结束`],
  [/^without what is in (.+)$/, (currencies = '') => `未计 ${currencies.replaceAll(', ', '、')} 金额`],
  [/^orders in several currencies, none in (.+)$/, (currency = '') => `订单有多种货币，均非 ${currency}`],
  [/^stock in several currencies, none in (.+)$/, (currency = '') => `库存有多种货币，均非 ${currency}`],
];

export function reasonIn(lang: Lang, reason: string): string {
  if (lang === 'en') return reason;
  return reason
    .split('; ')
    .map((part) => chineseOf(part) ?? part)
    .join('；');
}

function chineseOf(reason: string): string | undefined {
  const known = CHINESE[reason];
  if (known !== undefined) return known;
  for (const [pattern, say] of PATTERNS) {
    const parts = pattern.exec(reason)?.slice(1);
    if (parts !== undefined) return say(...parts);
  }
  return undefined;
}
