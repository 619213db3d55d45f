import type { DiversionRule } from './observation.ts';
import { outOfTerritory } from './rules/out-of-territory.ts';

/** Every rule of diversion. A new one is its file, its test and one line here. */
export const DIVERSION_RULES: readonly DiversionRule[] = [outOfTerritory];
