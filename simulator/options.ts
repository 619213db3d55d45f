/** What one simulated channel is. The same options give the same stream, byte for byte. */
export interface SimulationOptions {
  readonly seed: string;
  /** Dealers of all tiers, 2 to 5,000. */
  readonly dealers: number;
  /** Products, 4 to 400. */
  readonly skus: number;
  /** First instant, ms: midnight in China. */
  readonly start_ms: number;
  /** Days over which promotions and injections are laid out; the channel itself goes on after them. */
  readonly days: number;
  /** Labelled bad deeds: how many of each kind in 100 dealers and 30 days; 0 leaves the kind out. */
  readonly injection_rate: number;
  /** Share of consumer scans that happen on a journey: a benign look-alike of diversion. */
  readonly traveller_share: number;
  /** Share of deliveries that nobody scans at the door: a look-alike of codes scraped off. */
  readonly forgotten_share: number;
  /** Weeks in which a product sells, and is ordered, three times as well at one dealer: how many in 100 dealers and 30 days. */
  readonly boom_rate: number;
}

export const DEFAULTS = {
  seed: 'demo',
  dealers: 200,
  skus: 40,
  days: 90,
  injection_rate: 2,
  traveller_share: 0.04,
  forgotten_share: 0.01,
  boom_rate: 2,
} as const;
