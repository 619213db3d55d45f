import type { KpiProcessor } from '../kpi.ts';
import { daysOfSupply } from './days-of-supply.ts';
import { fillRate } from './fill-rate.ts';
import { inventoryTurnover } from './inventory-turnover.ts';
import { openDiversionCases } from './open-diversion-cases.ts';
import { orderCycle } from './order-cycle.ts';
import { ordersTodayValue } from './orders-today-value.ts';
import { scanCoverage } from './scan-coverage.ts';
import { stockoutDealers } from './stockout-dealers.ts';

/** Every KPI, in the order of the contract. */
export const KPIS: readonly KpiProcessor[] = [
  ordersTodayValue,
  fillRate,
  daysOfSupply,
  scanCoverage,
  openDiversionCases,
  stockoutDealers,
  inventoryTurnover,
  orderCycle,
];
