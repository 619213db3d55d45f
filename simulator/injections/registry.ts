import { clone } from './clone.ts';
import { crossTerritory } from './cross-territory.ts';
import type { Injection } from './injection.ts';
import { priceDumping } from './price-dumping.ts';
import { wrongReceiver } from './wrong-receiver.ts';

/** Every kind of labelled deed. The order decides which of two takes a case that both could: earlier first. */
export const INJECTIONS: readonly Injection[] = [crossTerritory, wrongReceiver, clone, priceDumping];
