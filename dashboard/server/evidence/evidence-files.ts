import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import {
  CONFIDENCE_MIN,
  LOG_ODDS_MAX,
  PRIOR_LOG_ODDS,
  confidenceOf,
  type ConfidenceAccount,
} from '../../../models/diversion/confidence.ts';
import { epcisDocument, epcisEventId } from '../../../models/epcis/document.ts';
import { EVIDENCE_ROWS_MAX, type Evidence, type Outline } from './evidence-store.ts';
import type { PackFiles } from './pack.ts';

const SCANS_CSV = 'scans.csv';
const SCANS_EPCIS = 'scans.epcis.jsonld';
const CASE = 'case.json';
const CONFIDENCE = 'confidence.json';
/** Sums of many terms, whose order JSON keeps. */
const CONFIDENCE_DIFFERENCE_MAX = 1e-8;

/** By what the case was raised: of what version and with what limits. */
export interface RulesInForce {
  /** Version of the programs, whose rules they are. */
  readonly version: string;
  readonly cases_per_day_max: number;
}

/** The files of a pack. A function of its arguments alone: the same evidence gives the same bytes. */
export function evidenceFiles(evidence: Evidence, rules: RulesInForce): PackFiles {
  const { alert, members, signals, scans, retracted, territories, prices, moves, is_cut } = evidence;
  const told = {
    signals: signals.length,
    scans: scans.length,
    retracted: retracted.length,
    is_cut,
    rows_max: EVIDENCE_ROWS_MAX,
  };
  return {
    'README.md': text(README),
    [CASE]: json({ case: alert, told }),
    [CONFIDENCE]: json({ confidence: alert.confidence, account: evidence.account }),
    'members.json': json(members),
    'signals.json': json(signals),
    [SCANS_CSV]: text(
      stringify([...scans], { header: true, bom: true, record_delimiter: '\r\n', escape_formulas: true }),
    ),
    [SCANS_EPCIS]: json(epcisDocument(scans, alert.updated_at)),
    'retracted.json': json(retracted),
    'dealers.json': json(evidence.dealers),
    'products.json': json(evidence.products),
    'territories.json': json(territories),
    'outlines.geojson': text(geoJson(evidence.outlines)),
    'prices.json': json(prices),
    'moves.json': json(moves),
    'rules.json': json({
      ...rules,
      confidence_min: CONFIDENCE_MIN,
      prior_log_odds: PRIOR_LOG_ODDS,
      log_odds_max: LOG_ODDS_MAX,
    }),
  };
}

/** Where the two accounts of the scans differ; none = they tell the same events, in the same order. */
export function differencesOfAccounts(files: PackFiles): string[] {
  const [csv, epcis] = [files[SCANS_CSV], files[SCANS_EPCIS]];
  if (csv === undefined || epcis === undefined) return [`${SCANS_CSV} or ${SCANS_EPCIS} is missing`];
  const records: { source: string; event_id: string }[] = parse(Buffer.from(csv), {
    bom: true,
    columns: true,
  });
  const listed = records.map(({ source, event_id }) =>
    epcisEventId({ source: unguarded(source), event_id: unguarded(event_id) }),
  );
  const document = JSON.parse(Buffer.from(epcis).toString('utf8')) as {
    epcisBody: { eventList: { eventID: string }[] };
  };
  const told = document.epcisBody.eventList.map(({ eventID }) => eventID);
  const at = Array.from({ length: Math.max(listed.length, told.length) }, (_, index) => index).find(
    (index) => listed[index] !== told[index],
  );
  if (at === undefined) return [];
  return [
    `${SCANS_CSV} and ${SCANS_EPCIS} differ at event ${at + 1}: ${listed[at] ?? 'none'}, ${told[at] ?? 'none'}`,
  ];
}

/** Where the confidence is not what its account comes to; none = it is, or the pack was made of a case without one. */
export function differencesOfConfidence(files: PackFiles): string[] {
  const [of_case, of_account] = [files[CASE], files[CONFIDENCE]];
  // Packs of older versions.
  if (of_case === undefined || of_account === undefined) return [];
  const told = JSON.parse(Buffer.from(of_case).toString('utf8')) as { case: { confidence: number } };
  const { account } = JSON.parse(Buffer.from(of_account).toString('utf8')) as {
    account: ConfidenceAccount | null;
  };
  if (account === null) return [];
  const computed = confidenceOf(account);
  const is_same = Math.abs(computed - told.case.confidence) < CONFIDENCE_DIFFERENCE_MAX;
  return is_same
    ? []
    : [`the confidence is told as ${told.case.confidence}, but its account comes to ${computed}`];
}

/** Undoes the guard against formulas: a quote before a character with which one could begin. */
function unguarded(cell: string): string {
  return cell.replace(/^'(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/, '');
}

/** RFC 7946, a feature on a line. */
function geoJson(outlines: readonly Outline[]): string {
  const features = outlines.map(({ multipolygon, ...properties }) =>
    JSON.stringify({
      type: 'Feature',
      id: properties.adcode,
      properties,
      geometry: { type: 'MultiPolygon', coordinates: multipolygon },
    }),
  );
  return `{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}\n`;
}

function json(value: unknown): Uint8Array {
  return text(`${JSON.stringify(value, null, 2)}\n`);
}

function text(content: string): Uint8Array {
  return Buffer.from(content, 'utf8');
}

const README = `# Evidence of a case of diversion / 窜货案件证据包

| file | what / 内容 |
| --- | --- |
| case.json | the case as it stood, and whether anything was left out / 案件当时的状态，以及是否有省略 |
| members.json | cases that were merged into it, each by itself / 并入本案的案件，各自的情况 |
| confidence.json | what the confidence is made of; \`evidence -- verify\` computes it anew: prior_log_odds, of each code its log-odds, of consumers seen × ln(seen / expected) − (seen − expected) with expected = max(0.15, elsewhere / 30), of the dealer, of the context at most ln 5, of the lessons each by its share; the logistic of the sum / 置信度的构成，校验时重新计算：先验、各编码的对数几率、消费者扫码超出预期的部分、经销商整体信号、旁证（至多 ln 5）、以往结论的修正（按占比），其和取逻辑函数；account 为 null 表示本案在此前版本计算 |
| signals.json | each signal, its log-odds and likelihood ratio / 每条信号及其对数几率与似然比 |
| scans.csv | every scan of the codes as sent, with its Kafka topic, partition and offset / 相关编码的全部扫码原始记录及其 Kafka 位置 |
| scans.epcis.jsonld | the same scans as an EPCIS 2.0 document / 同样的扫码，EPCIS 2.0 格式 |
| retracted.json | scans of the codes that their sender took back, and what was declared: they count no more / 已被发送方撤回的扫码及其声明，不再计入 |
| dealers.json | the dealers as they held then: names, territory, address / 当时有效的经销商资料：名称、所属区域、地址 |
| products.json | the products as they held then: units are valued at list_price, else at unit_cost / 当时有效的商品资料：货值按 list_price 计，无则按 unit_cost |
| territories.json | the territories as they held at the shipments: codes of divisions, or an outline of their own / 发货时有效的销售区域：行政区划代码，或自有边界 |
| outlines.geojson | outlines of the prefectures that the territories name and in which scans were found, by the map in use: what positions were judged by / 区域所含地级行政区与扫码所在地的边界（所用地图），判断位置的依据 |
| prices.json | floor and guide prices as they held then / 当时有效的最低价与指导价 |
| moves.json | what people did with the case and its members, merges and splits too / 案件及并入案件的处理记录，含并案与拆案 |
| rules.json | version and limits of the rules; log-odds of signals add to prior_log_odds, up to log_odds_max / 规则版本与阈值；各信号的对数几率与 prior_log_odds 相加，以 log_odds_max 为上限 |
| manifest.json | SHA-256 of every file / 各文件的 SHA-256 |

Times are UTC; lat and lon are as sent (see datum), lat_wgs84 and lon_wgs84 converted.
时间均为 UTC；lat、lon 为原始坐标（见 datum），lat_wgs84、lon_wgs84 为换算后的坐标。

A case with lapsed_at stands because people took it up, though what is known since then would raise it no more; its figures are as they last were.
案件若有 lapsed_at，即自该时起现有数据已不足以立案，因已有人受理而保留，各项数字为当时的数字。

Verify without a network / 离线校验: \`npm run evidence -- verify FILE.zip --digest SHA256\`
`;
