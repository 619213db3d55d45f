import type { OrderRow, TransferRow } from '../../../server/suggestions/suggestion-rows.ts';
import type { Format } from '../../i18n/format.ts';
import type { Lang } from '../../i18n/messages.ts';
import { reasonIn } from '../../i18n/reasons.ts';
import type { ReplenishmentTexts } from './texts.ts';

/** What an accepted suggestion has brought beside doing nothing, in lines; none for one that was not accepted. */
export function benefitLines(
  row: OrderRow | TransferRow,
  { s, f, lang }: { readonly s: ReplenishmentTexts; readonly f: Format; readonly lang: Lang },
): string[] {
  if (row.state !== 'accepted' && row.state !== 'edited') return [];
  const { stockout_days, stockout_days_without, lost_qty, lost_qty_without, saved_days, saved_qty } = row;
  if (stockout_days === null || stockout_days_without === null || saved_days === null || saved_qty === null)
    return [s.benefit_unknown(reasonIn(lang, row.benefit_reason))];
  return [
    s.benefit(f.integer(stockout_days), f.integer(stockout_days_without)),
    s.benefit_units(f.decimal((lost_qty_without ?? 0) - (lost_qty ?? 0))),
    ...('from_dealer_id' in row ? [s.benefit_net(f.integer(saved_days), f.decimal(saved_qty))] : []),
  ];
}
