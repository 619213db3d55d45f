import { counted } from '../../i18n/counted.ts';
import { bilingual } from '../texts.ts';

/** Texts of merging cases and splitting them again. */
export const GROUP_TEXTS = bilingual(
  {
    pick: (name: string) => `选中以并案：${name}`,
    merge_title: '并案',
    merge_hint: '再选一起，即可合并为同一案件',
    merge_lead: '主案',
    merge_reason: '理由（可不填）',
    merge: (count: string) => `合并 ${count} 起案件`,
    merge_clear: '取消选择',
    merging: '提交中…',
    merged: (count: string) => `${count} 起案件已合并为一案`,
    members_title: '并入本案的案件',
    members_note: '本案的件数、货值、证据已包含它们；每个码只计一次',
    split: '拆出',
    split_label: (name: string) => `拆出：${name}`,
    split_done: '已拆出，恢复为单独的案件',
    conflict: '案件已被他人更改。下面是最新状态，请核对后再试。',
    failed: (why: string) => `未能完成：${why}`,
    part_of: '本案已并入另一案件；流转与证据请在那里处理。',
    part_of_link: '打开主案',
    lapsed: (since: string) =>
      `自 ${since} 起，现有数据已不足以立案：依据已被后来的数据说明或已被撤回，或同类案件的结论使其可信度不足。因已有人受理而保留，各项数字为当时的数字。`,
  },
  {
    pick: (name) => `Pick to merge: ${name}`,
    merge_title: 'Merge cases',
    merge_hint: 'Pick one more to merge them into one case',
    merge_lead: 'Lead',
    merge_reason: 'Reason (may be left out)',
    merge: (count) => `Merge ${count} cases`,
    merge_clear: 'Clear the choice',
    merging: 'Sending…',
    merged: (count) => `${count} cases are one now`,
    members_title: 'Cases merged into this one',
    members_note: 'Units, value and evidence of this case cover them; each code counts once',
    split: 'Split off',
    split_label: (name) => `Split off: ${name}`,
    split_done: 'Split off: it is a case of its own again',
    conflict: 'Someone else changed the case. Its latest state is shown; check it and try again.',
    failed: (why) => `Could not be done: ${why}`,
    part_of: 'This case was merged into another; it is moved and proven there.',
    part_of_link: 'Open the lead case',
    lapsed: (since) =>
      `Since ${since} what is known would raise this case no more: later data explain its evidence, or it was taken back, or what was said of others of its kind leaves too little of it. It stands because people took it up; its figures are as they last were.`,
  },
);

/** Texts of who was given the evidence of a case. */
export const CUSTODY_TEXTS = bilingual(
  {
    title: '证据包领取记录',
    note: '每次领取先记录、后交付；摘要可核对手中的证据包',
    none: '尚无人领取本案的证据包',
    digest: '清单的 SHA-256',
  },
  {
    title: 'Evidence packs given out',
    note: 'Each is written down before it is given; by its digest a pack at hand is known',
    none: 'Nobody has taken the evidence of this case yet',
    digest: 'SHA-256 of the manifest',
  },
);

/** Texts of how fast cases are detected and resolved. */
export const RESPONSE_TEXTS = bilingual(
  {
    title: (days: string) => `近 ${days} 天`,
    mttd: '平均发现时长',
    mttr: '平均处理时长',
    precision: '预警准确率',
    of_closed: (confirmed: string, closed: string) => `${closed} 起已结，${confirmed} 起属实`,
    per_day: '日均预警',
    unknown: '—',
  },
  {
    title: (days) => `Last ${counted(days, 'day')}`,
    mttd: 'Mean time to detect',
    mttr: 'Mean time to resolve',
    precision: 'Alert precision',
    of_closed: (confirmed, closed) => `${confirmed} of ${closed} closed confirmed`,
    per_day: 'Alerts a day',
    unknown: '—',
  },
);
