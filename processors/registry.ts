import { caseMoves } from './cases/case-moves.ts';
import { diversionCases } from './cases/diversion-cases.ts';
import { identities } from './checks/identities.ts';
import { dealersRanking } from './figures/dealers-ranking.ts';
import { forecastBoard } from './figures/forecast-board.ts';
import { freshness } from './figures/freshness.ts';
import { daysOfSupply } from './figures/kpis/days-of-supply.ts';
import { fillRate } from './figures/kpis/fill-rate.ts';
import { inventoryTurnover } from './figures/kpis/inventory-turnover.ts';
import { openDiversionCases } from './figures/kpis/open-diversion-cases.ts';
import { orderCycle } from './figures/kpis/order-cycle.ts';
import { ordersTodayValue } from './figures/kpis/orders-today-value.ts';
import { scanCoverage } from './figures/kpis/scan-coverage.ts';
import { stockoutDealers } from './figures/kpis/stockout-dealers.ts';
import { mapRegions } from './figures/map-regions.ts';
import { orderStages } from './figures/order-stages.ts';
import { codeJourneys } from './marts/code-journeys.ts';
import { conflicts } from './marts/conflicts.ts';
import { diversionSignals } from './marts/diversion-signals.ts';
import { feedArrivals } from './marts/feed-arrivals.ts';
import { habitSignals } from './marts/habit-signals.ts';
import { orderLines } from './marts/order-lines.ts';
import { priceSignals } from './marts/price-signals.ts';
import { referenceVersions } from './marts/reference-versions.ts';
import { salesDays } from './marts/sales-days.ts';
import { stockDays } from './marts/stock-days.ts';
import type { RunnableProcessor } from './processor.ts';

/**
 * Every processor, in the order in which a pass runs them: conflicts, then the marts and the figures that read them. Orders and
 * stock come before the diversion of codes, whose runs are the longest: with a backlog the board's figures do not wait for them.
 */
export const PROCESSORS: readonly RunnableProcessor[] = [
  conflicts,
  referenceVersions,
  feedArrivals,
  orderLines,
  ordersTodayValue,
  orderStages,
  freshness,
  fillRate,
  orderCycle,
  salesDays,
  stockDays,
  daysOfSupply,
  stockoutDealers,
  inventoryTurnover,
  mapRegions,
  dealersRanking,
  forecastBoard,
  codeJourneys,
  scanCoverage,
  diversionSignals,
  priceSignals,
  habitSignals,
  caseMoves,
  diversionCases,
  openDiversionCases,
  identities,
];
