import type { Alert, AlertSeverity } from '../../../../models/contract/alert.ts';
import type { Format } from '../../i18n/format.ts';
import type { Mark } from '../../wall/state-mark.ts';

export const SEVERITY_MARKS: Readonly<Record<AlertSeverity, Mark>> = {
  critical: 'crit',
  warning: 'warn',
  info: 'info',
};

/** A case's value, as the language writes money. */
export function moneyText(format: Format, { value, currency }: Alert): string {
  const { prefix, digits, suffix } = format.money(Number(value), currency);
  return prefix + digits + suffix;
}
