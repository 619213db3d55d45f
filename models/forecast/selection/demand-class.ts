/**
 * Classes of demand by Syntetos, Boylan & Croston (2005): the average interval between demands (ADI) and the squared coefficient of
 * variation of their sizes (CV²). Their cut-offs: ADI 1.32, CV² 0.49.
 */
export const DEMAND_CLASSES = ['smooth', 'erratic', 'intermittent', 'lumpy'] as const;
export type DemandClass = (typeof DEMAND_CLASSES)[number];

const ADI_CUT = 1.32;
const CV2_CUT = 0.49;

export interface Intermittency {
  /** Known periods per period with demand; Infinity when nothing was sold. */
  readonly adi: number;
  /** Variance of the sizes of demands ÷ their squared mean; 0 for fewer than two. */
  readonly cv2: number;
}

/** Measures a history from its first sale on; missing periods do not count. */
export function intermittency(history: Float32Array): Intermittency {
  let known = 0;
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const qty of history) {
    if (Number.isNaN(qty) || (count === 0 && qty <= 0)) continue;
    known++;
    if (qty <= 0) continue;
    count++;
    sum += qty;
    squares += qty * qty;
  }
  if (count === 0) return { adi: Number.POSITIVE_INFINITY, cv2: 0 };
  const mean = sum / count;
  return {
    adi: known / count,
    cv2: count > 1 ? Math.max(0, squares / count - mean * mean) / (mean * mean) : 0,
  };
}

export function demandClass(history: Float32Array): DemandClass {
  const { adi, cv2 } = intermittency(history);
  if (adi < ADI_CUT) return cv2 < CV2_CUT ? 'smooth' : 'erratic';
  return cv2 < CV2_CUT ? 'intermittent' : 'lumpy';
}
