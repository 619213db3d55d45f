import { bilingual } from '../texts.ts';

/** What each kind of signal says, as its rule in models/diversion/rules judges: an investigator need not know the rules. */
export const SIGNAL_TEXTS = bilingual(
  {
    title: '立案依据',
    lead: (confidence: string, units: string, value: string) =>
      `各信号合并后的置信度 ${confidence}，涉及 ${units}，货值 ${value}。每条信号的权重见证据包 signals.json。`,
    figures: '各信号的查询视图',
    out_of_territory: '码在其发货目的区域之外被扫到；定位误差与运输途中的情形已扣除。',
    clone: '同一个码出现的次数与地点多于一件货物所能有的：市面上有复制的码。',
    impossible_travel: '同一个码先后出现在两地，扣除定位与时钟误差后，仍须快于每小时 900 公里。',
    scan_order: '码在有发货记录之前，或在售出之后，又出现在经销商处；已等待迟到数据，仍不能解释。',
    wrong_receiver: '收货的不是发货所指定的经销商，且没有随即退回。',
    broken_aggregation:
      '箱与箱内货物对不上：单品出现在另一箱，或其中单品已售出，整箱仍照常发出，而没有拆箱记录。',
    missing_scans: '发给该经销商的码连续多日不再出现，不能由渠道与其平时的扫码水平解释：码可能被刮除。',
    below_floor: '扣除返利后的净价低于下单时有效的底价；促销已计入底价。',
    order_surge:
      '订货远超该经销商以往与其他经销商同期的水平，销售、促销、季节与库存需要都不能解释：可能为冲返利而外流。',
    paired_buyer: '一家经销商的采购下降，邻近一家同期多买了相当数量：后者可能替前者进货，货物越过区域边界。',
  },
  {
    title: 'Why this is a case',
    lead: (confidence, units, value) =>
      `All signals together: confidence ${confidence}, over ${units} worth ${value}. What each of them weighs stands in signals.json of the evidence.`,
    figures: 'The view of signals',
    out_of_territory:
      'Codes were scanned outside the territory that they were shipped for, beyond the error of the position and goods on their way.',
    clone: 'One code was seen more often and at more places than one thing can be: copies of it are about.',
    impossible_travel:
      'One code was at two places too far apart for the time between: faster than 900 km/h, after the errors of positions and clocks.',
    scan_order:
      'Codes were seen before anything says that they were shipped, or at a dealer after they were sold; late data were waited for and do not explain it.',
    wrong_receiver:
      'The goods were received by another dealer than the shipment names, and not given back at once.',
    broken_aggregation:
      'A case and what is in it no longer hold together: a unit turns up in another case, or the case was shipped on as whole after one of its units was sold, and nobody unpacked it.',
    missing_scans:
      'Codes shipped to the dealer are not seen again for days on end, more than the channel and its own other days explain: they may have been scraped off.',
    below_floor:
      'Net of rebates the price lies below the floor that held when the line was placed; promotions lower that floor.',
    order_surge:
      'The dealer ordered far more than it used to and than others do, and neither sales, promotions, season nor its shelf explain it: as one does who chases a rebate tier and sells the rest elsewhere.',
    paired_buyer:
      'Purchases of one dealer fell as those of a neighbour rose by as much: the neighbour may buy for both, and the goods cross the border between them.',
  },
);
