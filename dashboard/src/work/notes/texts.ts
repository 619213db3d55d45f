import { counted } from '../../i18n/counted.ts';
import { bilingual } from '../texts.ts';

/** Texts of the SQL notes. */
export const NOTES_TEXTS = bilingual(
  {
    title: 'SQL 笔记',
    lead: '以 analyst 身份可读的视图、可直接运行的查询，以及必须恒成立的等式',
    find: '在指标、视图、字段与查询中查找',
    views: '数据字典',
    views_found: (count: string) => `${count} 个视图`,
    views_none: '没有匹配的视图',
    queries: '常用查询',
    checks: '恒等式（不应返回任何行）',
    column: '字段',
    type: '类型',
    meaning: '含义（英文注释）',
    called_with: (parameters: string) => `调用参数：${parameters}`,
    copy: '复制',
    copied: '已复制',
    connect: '连接',
    connect_text:
      '用户 analyst，只读 core_ 与 mart_ 视图，查询受时间、内存与行数限制。地址与口令见数据目录中的 run.json；Grafana、Metabase、Superset 与 Python 的接法见 docs/analysts/README.md。',
  },
  {
    title: 'SQL notes',
    lead: 'The views that analyst may read, queries that run as they stand, and identities that must hold',
    find: 'Find in figures, views, columns and queries',
    views: 'Data dictionary',
    views_found: (count) => counted(count, 'view'),
    views_none: 'No view matches',
    queries: 'Saved queries',
    checks: 'Identities (they return no row)',
    column: 'Column',
    type: 'Type',
    meaning: 'Meaning',
    called_with: (parameters) => `Called with ${parameters}`,
    copy: 'Copy',
    copied: 'Copied',
    connect: 'Connect',
    connect_text:
      'User analyst reads the core_ and mart_ views and nothing else, under limits of time, memory and rows. Address and password stand in run.json in the data folder; docs/analysts/README.md tells how Grafana, Metabase, Superset and Python connect.',
  },
);

export type NotesTexts = (typeof NOTES_TEXTS)['zh' | 'en'];
