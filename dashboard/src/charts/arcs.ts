/** A place in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A flow with its ends in pixels. */
export interface DrawnFlow {
  readonly key: string;
  readonly from: Point;
  readonly to: Point;
  readonly cases: number;
  readonly severity: 'critical' | 'warning' | 'info';
  /** Where it leads, and how many cases all flows to there have. */
  readonly label: { readonly key: string; readonly text: string };
}

/** A bow from one place to another, with its arrowhead. */
export interface Arc {
  readonly path: string;
  /** A closed triangle at the end. */
  readonly head: string;
  readonly width: number;
}

/** How far a bow leaves the straight line, as a share of its length. */
const BEND = 0.22;
/** Size of the loop of a flow that ends in the region it began in, in arrowheads. */
const LOOP = 2.4;

/**
 * A bow from `from` to `to`. Bows bend to the left of their way, so that two opposite flows do not lie on each other.
 *
 * @param width of the stroke, pixels
 * @param head length of the arrowhead, pixels
 */
export function arcBetween(from: Point, to: Point, width: number, head: number): Arc {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  if (Math.hypot(dx, dy) < head) return loopAt(from, width, head);
  const control = { x: (from.x + to.x) / 2 + dy * BEND, y: (from.y + to.y) / 2 - dx * BEND };
  const angle = Math.atan2(to.y - control.y, to.x - control.x);
  // The stroke ends inside the head, else its square end would show beside the tip.
  const end = { x: to.x - Math.cos(angle) * head * 0.7, y: to.y - Math.sin(angle) * head * 0.7 };
  return {
    path: `M${pt(from)}Q${pt(control)} ${pt(end)}`,
    head: triangle(to, angle, head, width),
    width,
  };
}

function loopAt(at: Point, width: number, head: number): Arc {
  const r = head * LOOP;
  const tip = { x: at.x + r * 0.2, y: at.y };
  return {
    path: `M${pt(at)}C${pt({ x: at.x - r, y: at.y - r })} ${pt({ x: at.x + r, y: at.y - r })} ${pt({ x: tip.x + head * 0.3, y: tip.y - head * 0.6 })}`,
    head: triangle(tip, Math.PI * 0.65, head, width),
    width,
  };
}

function triangle(tip: Point, angle: number, length: number, width: number): string {
  const half = Math.max(length * 0.42, width * 1.1);
  const base = { x: tip.x - Math.cos(angle) * length, y: tip.y - Math.sin(angle) * length };
  const left = { x: base.x - Math.sin(angle) * half, y: base.y + Math.cos(angle) * half };
  const right = { x: base.x + Math.sin(angle) * half, y: base.y - Math.cos(angle) * half };
  return `M${pt(tip)}L${pt(left)}L${pt(right)}Z`;
}

function pt({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

/** A text beside a place. */
export interface Label {
  readonly key: string;
  readonly at: Point;
  readonly width: number;
  readonly height: number;
}

/** Where a label's left baseline stands. */
export interface PlacedLabel extends Label {
  readonly x: number;
  readonly y: number;
}

/**
 * Places labels below, above, right or left of their points so that none covers another; a label that finds no room is
 * left out (its figure stands in the table). Earlier labels go first: give the important ones first.
 */
export function placeLabels(
  labels: readonly Label[],
  bounds: { width: number; height: number },
  gap: number,
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const label of labels) {
    const { at, width, height } = label;
    const candidates: Point[] = [
      { x: at.x - width / 2, y: at.y + gap + height },
      { x: at.x + gap, y: at.y + height / 2 },
      { x: at.x - gap - width, y: at.y + height / 2 },
      { x: at.x - width / 2, y: at.y - gap },
    ];
    const free = candidates.find(
      ({ x, y }) =>
        x >= 0 &&
        x + width <= bounds.width &&
        y - height >= 0 &&
        y <= bounds.height &&
        placed.every(
          (other) =>
            x + width < other.x ||
            other.x + other.width < x ||
            y < other.y - other.height ||
            other.y < y - height,
        ),
    );
    if (free !== undefined) placed.push({ ...label, ...free });
  }
  return placed;
}
