import type { AlertSeverity } from '../../../models/contract/alert.ts';

/** A state as a shape and a colour: ● ok, ▲ warn, ■ crit, a ring for info, a dashed ring for stale or missing. */
export type Mark = 'ok' | 'warn' | 'crit' | 'stale' | 'info';

export const SEVERITY_MARKS: Readonly<Record<AlertSeverity, Mark>> = {
  critical: 'crit',
  warning: 'warn',
  info: 'info',
};
