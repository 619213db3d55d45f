import { join } from 'node:path';
import { Type } from 'typebox';
import { ORDER_STAGES, type OrderStage } from '../../models/contract/events/order.ts';
import { EVENT_TYPES, type EventTypeName } from '../../models/contract/registry.ts';
import { readJsonFile } from './json-file.ts';

/** Where and how figures are told, and the limits that people set. */
export interface Settings {
  /** IANA zone whose midnight begins a day. */
  readonly time_zone: string;
  /** ISO 4217 code of the figures' money. */
  readonly reporting_currency: string;
  /** So long a line may stand in a stage, seconds; a stage without one has no limit. From `order-stage-sla.json`. */
  readonly stage_sla_s: ReadonlyMap<OrderStage, number>;
  /** So old the newest event of a feed may be, seconds. From `feed-sla.json`; a source may have its own as `source|type`. */
  readonly feed_sla_s: ReadonlyMap<string, number>;
  /** Cases of diversion that investigators can take up, of those that begin on one day. From `diversion.json`. */
  readonly cases_per_day_max: number;
}

const Limits = Type.Record(Type.String(), Type.Number({ exclusiveMinimum: 0 }));

/** Feeds that the file forgot: an hour, as the metrics have it. */
const FEED_SLA_DEFAULT_S = 3600;

/** Reads the three files that people edit. Throws with the file and the name when one is wrong. */
export function readSettings(
  time_zone: string,
  reporting_currency: string,
  folder = import.meta.dirname,
): Settings {
  const stages = readLimits(join(folder, 'order-stage-sla.json'), (name) =>
    (ORDER_STAGES as readonly string[]).includes(name),
  );
  const feeds = readLimits(join(folder, 'feed-sla.json'), (name) =>
    EVENT_TYPES.some((type) => type.type === name.split('|').at(-1)),
  );
  const diversion = readLimits(join(folder, 'diversion.json'), (name) => name === 'cases_per_day_max');
  const cases_per_day_max = diversion.get('cases_per_day_max');
  if (cases_per_day_max === undefined) throw new Error('diversion.json: cases_per_day_max is missing');
  return Object.freeze({
    time_zone,
    reporting_currency,
    stage_sla_s: stages as ReadonlyMap<string, number> as ReadonlyMap<OrderStage, number>,
    feed_sla_s: feeds,
    cases_per_day_max,
  });
}

/** The SLA of a feed: its source's own, or that of its type. */
export function feedSla(settings: Settings, source: string, type: EventTypeName): number {
  return settings.feed_sla_s.get(`${source}|${type}`) ?? settings.feed_sla_s.get(type) ?? FEED_SLA_DEFAULT_S;
}

function readLimits(file: string, isKnown: (name: string) => boolean): Map<string, number> {
  const limits = new Map<string, number>();
  for (const [name, limit] of Object.entries(readJsonFile(file, Limits))) {
    if (!isKnown(name)) throw new Error(`${file}: unknown name ${JSON.stringify(name)}`);
    limits.set(name, limit);
  }
  return limits;
}
