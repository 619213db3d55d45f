import { brokenAggregation } from './broken-aggregation.ts';
import { clone } from './clone.ts';
import { crossTerritory } from './cross-territory.ts';
import { impossibleTravel } from './impossible-travel.ts';
import type { Injection } from './injection.ts';
import { missingScans } from './missing-scans.ts';
import { orderSurge } from './order-surge.ts';
import { pairedBuyer } from './paired-buyer.ts';
import { priceDumping } from './price-dumping.ts';
import { scanOrder } from './scan-order.ts';
import { wrongReceiver } from './wrong-receiver.ts';

/** Every kind of labelled deed. The order decides which of two takes a case that both could: earlier first. */
export const INJECTIONS: readonly Injection[] = [
  crossTerritory,
  wrongReceiver,
  brokenAggregation,
  missingScans,
  clone,
  impossibleTravel,
  scanOrder,
  priceDumping,
  orderSurge,
  pairedBuyer,
];
