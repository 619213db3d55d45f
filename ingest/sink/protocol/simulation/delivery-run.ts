import type { Delivery } from '../ports.ts';
import type { GrowingRun } from '../run.ts';

/** A run that keeps its deliveries as they are. */
export class DeliveryRun implements GrowingRun<DeliveryRun> {
  readonly #deliveries: Delivery[];
  readonly bytes = 0;

  constructor(deliveries: Delivery[] = []) {
    this.#deliveries = deliveries;
  }

  get length(): number {
    return this.#deliveries.length;
  }

  push(delivery: Delivery): void {
    this.#deliveries.push(delivery);
  }

  at(index: number): Delivery | undefined {
    return this.#deliveries.at(index);
  }

  slice(begin: number, end?: number): DeliveryRun {
    return new DeliveryRun(this.#deliveries.slice(begin, end));
  }
}
