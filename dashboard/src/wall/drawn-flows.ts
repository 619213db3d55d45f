import type { DrawnFlow, Point } from '../charts/arcs.ts';
import type { Flow } from './flows.ts';

/**
 * Flows with their ends in pixels; one whose ends the map does not know is left to the table, and so is the rest of many.
 *
 * @param flows all of them, the gravest first
 * @param drawn_max so many are drawn
 * @param places province → pixels
 * @param label of the place that a flow leads to, from its code and the cases of all flows to there
 */
export function drawnFlows(
  flows: readonly Flow[],
  places: ReadonlyMap<string, Point>,
  label: (to: string, cases: number) => string,
  drawn_max: number,
): DrawnFlow[] {
  const casesTo = new Map<string, number>();
  for (const flow of flows) casesTo.set(flow.to, (casesTo.get(flow.to) ?? 0) + flow.cases);
  return flows.slice(0, drawn_max).flatMap((flow) => {
    const from = places.get(flow.from);
    const to = places.get(flow.to);
    if (from === undefined || to === undefined) return [];
    const { key, cases, severity } = flow;
    return {
      key,
      from,
      to,
      cases,
      severity,
      label: { key: flow.to, text: label(flow.to, casesTo.get(flow.to) ?? 0) },
    };
  });
}
