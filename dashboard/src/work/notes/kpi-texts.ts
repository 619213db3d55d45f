import { bilingual } from '../texts.ts';

/** What each figure of the wall is, as the statement that computes it says. */
export const KPI_TEXTS = bilingual(
  {
    title: '看板指标',
    views: '相关视图',
    goal: (target: string) => `目标 ${target}`,
    late: (age: string) => `数据超过 ${age}即为迟到`,
    raw: '此语句还读 analyst 不可见的表；逐经销商与产品的同一数字见上列视图。',
    orders_today_value: '自当地零点起下单的订单行金额（数量 × 单价）之和。尚无订单的一天是 0，不是空。',
    fill_rate:
      '近 28 天到期的订单行：Σ 按时发货且不超过订购的数量 ÷ Σ 订购数量。到期日取要求日期，没有的取下单后 7 天；未发货即取消的算未满足。',
    days_of_supply:
      '可用库存 ÷ 日均需求：有预测的取最新版本的计划量，没有的取近 28 天（除断货日）的净订购量。只计 35 天内有库存快照的经销商与产品。',
    scan_coverage:
      '3 至 31 天前首次发往经销商的码中，此后又被扫到（收货、盘点、检查、零售、消费者、退货）的占比。前 3 天是运输时间。',
    open_diversion_cases: '未处理、已知悉或调查中的窜货案件；已并入其他案件的不计。',
    stockout_dealers:
      '有缺货产品的经销商：近 28 天有人订购，而最近一次库存快照（35 天内，各库位合计）已无可用库存。',
    inventory_turnover: '近 90 天的销货成本 ÷ 时间加权平均库存金额 × 365 ÷ 天数。',
    order_cycle_p50: '近 28 天首次发货的订单行，从下单到首次发货小时数的中位数。',
  },
  {
    title: 'Figures of the wall',
    views: 'Views of it',
    goal: (target) => `target ${target}`,
    late: (age) => `late when its data is older than ${age}`,
    raw: 'This statement also reads tables that analyst may not; the views above have the same figure by dealer and product.',
    orders_today_value:
      'Quantity × unit price of the order lines placed since local midnight. A day without orders yet is worth 0, not nothing.',
    fill_rate:
      'Of the order lines that fell due in the last 28 days: Σ of what was shipped on time, at most what was ordered ÷ Σ ordered. A line is due on its requested date, or 7 days after it was placed; one cancelled unshipped is not filled.',
    days_of_supply:
      'What is available ÷ the daily demand: of the newest forecast, as planned, where there is one, else the net quantity ordered in the last 28 days that were not out of stock. Of dealers and products with a snapshot of the last 35 days.',
    scan_coverage:
      'Of the codes first shipped to a dealer 3 to 31 days ago, the share seen again since: received, counted, inspected, sold, scanned by a consumer or returned. The 3 days are the time that goods travel.',
    open_diversion_cases:
      'Cases of diversion that are open, acknowledged or under investigation, without those that are part of another.',
    stockout_dealers:
      'Dealers with a product that was ordered in the last 28 days and of which their last snapshots (at most 35 days old, all locations together) have nothing available.',
    inventory_turnover:
      'Cost of what was sold in the last 90 days ÷ the time-weighted average value of the stock × 365 ÷ days.',
    order_cycle_p50:
      'Median hours from placed to first shipped, of the lines that were first shipped in the last 28 days.',
  },
);

export type KpiTexts = (typeof KPI_TEXTS)['zh' | 'en'];
