import { activity } from './events/activity.ts';
import { caseGrouping } from './events/case-grouping.ts';
import { caseTransition } from './events/case-transition.ts';
import { evidencePack } from './events/evidence-pack.ts';
import { money } from './events/money.ts';
import { order } from './events/order.ts';
import { scan } from './events/scan.ts';
import { scanRetraction } from './events/scan-retraction.ts';
import { stock } from './events/stock.ts';
import type { EventType } from './event-type.ts';
import { dealer } from './reference/dealer.ts';
import { price } from './reference/price.ts';
import { product } from './reference/product.ts';
import { promotion } from './reference/promotion.ts';
import { rebateProgram } from './reference/rebate-program.ts';
import { territory } from './reference/territory.ts';

/** Every kind of event that travels through Kafka into ClickHouse. A new one is its file, one line here, one migration. */
export const EVENT_TYPES = [
  order,
  scan,
  stock,
  money,
  activity,
  dealer,
  product,
  territory,
  price,
  promotion,
  rebateProgram,
  caseTransition,
  scanRetraction,
  caseGrouping,
  evidencePack,
] as const satisfies readonly EventType[];

export type EventTypeName = (typeof EVENT_TYPES)[number]['type'];

/** The types that the outside may post to `/v1/events/{type}`. */
export const POSTED_TYPES: readonly EventType[] = EVENT_TYPES.filter((type) => type.kind !== 'internal');

const byName: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((type) => [type.type, type]));
const byTopic: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((type) => [type.topic, type]));

/** The type of that name, or undefined. */
export function eventTypeByName(name: string): EventType | undefined {
  return byName.get(name);
}

/** The type that travels on that topic (given without any prefix), or undefined. */
export function eventTypeByTopic(topic: string): EventType | undefined {
  return byTopic.get(topic);
}
