import { scanRegion } from './regions.ts';
import { brokenAggregation } from './rules/broken-aggregation.ts';
import { clone } from './rules/clone.ts';
import { impossibleTravel } from './rules/impossible-travel.ts';
import { outOfTerritory } from './rules/out-of-territory.ts';
import { scanOrder } from './rules/scan-order.ts';
import { wrongReceiver } from './rules/wrong-receiver.ts';
import {
  isHeld,
  isTold,
  MANUFACTURER,
  type CodeRule,
  type CodeSignal,
  type Trail,
  type TrailScan,
} from './trail.ts';

/** Every rule about one code. A new one is its file, its test and one line here. */
const CODE_RULES: readonly CodeRule[] = [
  outOfTerritory,
  wrongReceiver,
  impossibleTravel,
  clone,
  scanOrder,
  brokenAggregation,
];

export interface Judged {
  /** Each with the region that its case is about; "" = no one region. */
  readonly signals: readonly (CodeSignal & { readonly region: string })[];
  /** Event time at which the code is to be judged again, ms; null = it waits for nothing. */
  readonly due_ms: number | null;
}

/**
 * What all rules say of one code. A copied code is found everywhere, so that its places tell nothing of territories: what
 * consumers scanned of it belongs to one case, about the region in which they all did, else without a region. A scan of which no
 * place is known counts where the code was seen before it, else after; one abroad in no region. Where the manufacturer has its goods nobody
 * found any: of its scans only what its inspector found has a place.
 */
export function judgeTrail(trail: Trail, watermark_ms: number): Judged {
  const all = CODE_RULES.flatMap((rule) => rule.judge(trail, watermark_ms));
  const signals = all.filter(isTold);
  const is_copied = signals.some(({ kind }) => kind === 'clone');
  const copied_in = trail.scans.filter(({ biz_step }) => biz_step === 'consumer_scan').map(scanRegion);
  const copies_region = new Set(copied_in).size === 1 ? (copied_in[0] ?? '') : '';
  const due = all.filter(isHeld).map(({ due_ms }) => due_ms);
  return {
    signals: signals.flatMap((one) => {
      const is_of_copies = is_copied && (one.kind === 'clone' || one.scan.dealer_id === '');
      if (is_copied && one.scan.dealer_id === '' && one.kind === 'out_of_territory') return [];
      return [{ ...one, region: is_of_copies ? copies_region : placeOf(trail, one.scan) }];
    }),
    due_ms: due.length === 0 ? null : Math.min(...due),
  };
}

function placeOf({ scans }: Trail, scan: TrailScan): string {
  const is_own_finding = scan.dealer_id !== MANUFACTURER || scan.biz_step === 'inspecting';
  if (is_own_finding && (scanRegion(scan) !== '' || scan.is_outside)) return scanRegion(scan);
  const at = scans.indexOf(scan);
  const is_placed = (one: TrailScan): boolean => scanRegion(one) !== '' && one.dealer_id !== MANUFACTURER;
  const placed = scans.slice(0, at).findLast(is_placed) ?? scans.slice(at + 1).find(is_placed);
  return placed === undefined ? '' : scanRegion(placed);
}
