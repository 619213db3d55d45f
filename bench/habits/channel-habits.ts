import type { HabitDealer, Habits } from '../../models/diversion/judge-habits.ts';
import { beginsOf, type OrderHabit, type Stretch } from '../../models/diversion/habit.ts';
import type { ShippedDay } from '../../models/diversion/rules/missing-scans.ts';
import type { SentGoods } from '../../models/diversion/rules/counted-pairs.ts';
import type { RebatePeriod } from '../../models/diversion/rules/order-surge.ts';
import type { SimulatedEvent } from '../../simulator/flow/event-stream.ts';
import { HQ } from '../../simulator/flow/scans.ts';
import { DAY_MS, month } from '../../simulator/time.ts';

/** Days that habits are judged over, as the processor `habit-signals` does. */
const DAYS = 120;

interface Line {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly day: number;
  readonly qty: number;
  readonly unit_price: number;
  is_cancelled: boolean;
}
/** A case on its way: who had it last, and when another hand saw it, or what is in it, for the first time after that. */
interface Leg {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly by: string;
  readonly shipped_ms: number;
  units: number;
  seen_ms: number | null;
}
type Fields = Readonly<Record<string, string | number | null | undefined>>;

/**
 * Takes in a simulated stream, event by event, and gives what the rules about dealers read, as `sql/queries/processors/habit-*.sql` do
 * out of the marts: in memory, so that many channels can be judged in minutes.
 */
export class ChannelHabits {
  readonly #first_ms: number;
  readonly #lines = new Map<string, Line>();
  readonly #sold = new Map<string, Float64Array>();
  readonly #shipped_to = new Map<string, Float64Array>();
  readonly #stock = new Map<string, Float64Array>();
  readonly #retail = new Map<string, Float64Array>();
  readonly #sold_today = new Map<string, number>();
  readonly #legs: Leg[] = [];
  readonly #leg_of = new Map<string, Leg>();
  readonly #case_of = new Map<string, string>();
  readonly #packed = new Map<string, number>();
  readonly #dealers = new Map<string, { readonly fields: Fields; readonly changed_on: number[] }>();
  readonly #tiers: number[] = [];
  readonly #promoted = new Map<string, Stretch[]>();
  #newest_ms = 0;

  /** @param end_ms midnight after the last day that is looked at */
  constructor(end_ms: number) {
    this.#first_ms = end_ms - DAYS * DAY_MS;
  }

  add({ type, time_ms, event }: SimulatedEvent): void {
    const fields = event as Fields;
    switch (type) {
      case 'order':
        this.#newest_ms = time_ms;
        this.#order(fields, time_ms);
        return;
      case 'scan':
        this.#newest_ms = time_ms;
        this.#scan(fields, time_ms);
        return;
      case 'stock': {
        const stock = daysOf(this.#stock, fields, NaN);
        const day = this.#day(time_ms);
        if (day >= 0 && day < DAYS) stock[day] = Number(fields['on_hand']) + Number(fields['in_transit']);
        return;
      }
      case 'dealer':
        this.#dealer(fields);
        return;
      case 'rebate_program':
        for (const { from } of event['tiers'] as { from: number | string }[]) this.#tiers.push(Number(from));
        return;
      case 'promotion': {
        // The simulator's run in every territory.
        const [starts, ends] = [Date.parse(String(fields['starts'])), Date.parse(String(fields['ends']))];
        const stretch = { from: this.#day(starts), to: this.#day(ends - 1) + 1 };
        for (const sku_id of event['sku_ids'] as string[])
          this.#promoted.set(sku_id, [...(this.#promoted.get(sku_id) ?? []), stretch]);
        return;
      }
      default:
        return;
    }
  }

  /** What is known after all that was taken in. */
  habits(): Habits {
    return {
      shipped: this.#shipped(),
      orders: this.#orders(),
      dealers: [...this.#dealers.values()].map(({ fields, changed_on }): HabitDealer => ({
        dealer_id: String(fields['dealer_id']),
        position: [Number(fields['lon']), Number(fields['lat'])],
        adcode: String(fields['adcode']),
        parent_dealer_id: typeof fields['parent_dealer_id'] === 'string' ? fields['parent_dealer_id'] : '',
        is_active: fields['status'] === 'active',
        changed_on,
      })),
      rebates: this.#rebates(),
      sent: this.#sent(),
    };
  }

  #day(time_ms: number): number {
    return Math.floor((time_ms - this.#first_ms) / DAY_MS);
  }

  #order(fields: Fields, time_ms: number): void {
    const key = `${String(fields['order_id'])}|${String(fields['line_no'])}`;
    const [dealer_id, sku_id, qty] = [
      String(fields['dealer_id']),
      String(fields['sku_id']),
      Number(fields['qty']),
    ];
    const supplier = String(fields['supplier_id']);
    switch (fields['stage']) {
      case 'placed':
        this.#lines.set(key, {
          dealer_id,
          sku_id,
          day: this.#day(time_ms),
          qty,
          unit_price: Number(fields['unit_price']),
          is_cancelled: false,
        });
        return;
      case 'cancelled': {
        const line = this.#lines.get(key);
        if (line !== undefined) line.is_cancelled = true;
        return;
      }
      case 'shipped':
        this.#ship(fields, time_ms, qty);
        if (supplier !== HQ) this.#sell(supplier, sku_id, time_ms, qty);
        return;
      case 'returned':
        this.#ship(fields, time_ms, -qty);
        if (supplier !== HQ) this.#sell(supplier, sku_id, time_ms, -qty);
        return;
      default:
        return;
    }
  }

  #ship(fields: Fields, time_ms: number, units: number): void {
    const day = this.#day(time_ms);
    const shipped = daysOf(this.#shipped_to, fields, 0);
    if (day >= 0 && day < DAYS) shipped[day] = (shipped[day] ?? 0) + units;
  }

  #sell(dealer_id: string, sku_id: string, time_ms: number, units: number): void {
    this.#put(this.#sold, dealer_id, sku_id, time_ms, units);
  }

  #put(
    rows: Map<string, Float64Array>,
    dealer_id: string,
    sku_id: string,
    time_ms: number,
    units: number,
  ): void {
    const day = this.#day(time_ms);
    if (day < 0 || day >= DAYS) return;
    const row = daysOf(rows, { dealer_id, sku_id }, 0);
    row[day] = (row[day] ?? 0) + units;
  }

  #scan(fields: Fields, time_ms: number): void {
    const [code, by, sku_id] = [
      String(fields['code']),
      String(fields['dealer_id']),
      String(fields['sku_id']),
    ];
    const { biz_step, parent_code } = fields;
    if (biz_step === 'packing' && typeof parent_code === 'string') {
      this.#case_of.set(code, parent_code);
      this.#packed.set(parent_code, (this.#packed.get(parent_code) ?? 0) + 1);
    }
    if (biz_step === 'packing' || biz_step === 'commissioning') return;
    if (biz_step === 'retail_selling' && this.#sold_today.get(code) !== this.#day(time_ms)) {
      this.#sold_today.set(code, this.#day(time_ms));
      this.#sell(by, sku_id, time_ms, 1);
      this.#put(this.#retail, by, sku_id, time_ms, 1);
    }
    const of_case = this.#leg_of.get(code);
    if (of_case !== undefined && of_case.by !== by) of_case.seen_ms ??= time_ms;
    // A case that nobody scans is seen with the first of its contents that is, by whatever hand.
    const of_content = this.#leg_of.get(this.#case_of.get(code) ?? '');
    if (of_content !== undefined) of_content.seen_ms ??= time_ms;
    const to = fields['to_dealer_id'];
    if (biz_step !== 'shipping' || typeof to !== 'string' || time_ms < this.#first_ms) return;
    const leg = {
      dealer_id: to,
      sku_id,
      by,
      shipped_ms: time_ms,
      units: this.#packed.get(code) ?? 1,
      seen_ms: null,
    };
    this.#legs.push(leg);
    this.#leg_of.set(code, leg);
  }

  #dealer(fields: Fields): void {
    const dealer_id = String(fields['dealer_id']);
    const changed_on = this.#dealers.get(dealer_id)?.changed_on ?? [];
    const day = this.#day(Date.parse(String(fields['valid_from'])));
    if (day > 0) changed_on.push(day);
    this.#dealers.set(dealer_id, { fields, changed_on });
  }

  #sent(): SentGoods[] {
    return this.#legs
      .filter(({ by, dealer_id, shipped_ms }) => by !== HQ && by !== dealer_id && this.#day(shipped_ms) >= 0)
      .map(({ by, dealer_id, sku_id }) => ({ from_dealer_id: by, to_dealer_id: dealer_id, sku_id }));
  }

  #shipped(): ShippedDay[] {
    const days = new Map<string, ShippedDay & { last_ms: number; delays: number[] }>();
    for (const { dealer_id, sku_id, shipped_ms, seen_ms, units } of this.#legs) {
      const day = this.#day(shipped_ms);
      const key = `${dealer_id}|${sku_id}|${day}`;
      const one = days.get(key) ?? {
        dealer_id,
        sku_id,
        day,
        age: 0,
        codes: 0,
        delays: [],
        unseen_units: 0,
        last_ms: 0,
      };
      const delays = one.delays;
      if (seen_ms !== null) delays.push(Math.floor((seen_ms - shipped_ms) / DAY_MS));
      days.set(key, {
        ...one,
        codes: one.codes + 1,
        unseen_units: one.unseen_units + (seen_ms === null ? units : 0),
        last_ms: Math.max(one.last_ms, shipped_ms),
      });
    }
    return [...days.values()].map(({ last_ms, ...one }) => ({
      ...one,
      age: Math.floor((this.#newest_ms - last_ms) / DAY_MS),
    }));
  }

  #orders(): OrderHabit[] {
    const habits = new Map<string, Omit<OrderHabit, 'begins'>>();
    for (const { dealer_id, sku_id, day, qty, unit_price, is_cancelled } of this.#lines.values()) {
      if (is_cancelled || day < 0 || day >= DAYS) continue;
      const key = `${dealer_id}|${sku_id}`;
      const habit = habits.get(key) ?? {
        dealer_id,
        sku_id,
        ordered: new Float64Array(DAYS),
        value: new Float64Array(DAYS),
        sold: daysOf(this.#sold, { dealer_id, sku_id }, 0),
        retail: daysOf(this.#retail, { dealer_id, sku_id }, 0),
        shipped: daysOf(this.#shipped_to, { dealer_id, sku_id }, 0),
        stock: carriedOn(daysOf(this.#stock, { dealer_id, sku_id }, NaN)),
        counted: Uint8Array.from(daysOf(this.#stock, { dealer_id, sku_id }, NaN), (units) =>
          Number.isNaN(units) ? 0 : 1,
        ),
        promoted: this.#promoted.get(sku_id) ?? [],
      };
      habits.set(key, habit);
      habit.ordered[day] = (habit.ordered[day] ?? 0) + qty;
      habit.value[day] = (habit.value[day] ?? 0) + qty * unit_price;
    }
    return [...habits.values()].map((habit) => ({
      ...habit,
      begins: beginsOf(habit),
    }));
  }

  #rebates(): RebatePeriod[] | null {
    if (this.#tiers.length === 0) return null;
    const periods: RebatePeriod[] = [];
    let from = 0;
    while (from < DAYS) {
      const name = month(this.#first_ms + from * DAY_MS);
      let to = from;
      while (to < DAYS && month(this.#first_ms + to * DAY_MS) === name) to += 1;
      periods.push({ from, to, basis: 'net_sales', tiers_from: this.#tiers });
      from = to;
    }
    return periods;
  }
}

/** The days of a dealer and product; a new row of them where there is none yet. */
function daysOf(rows: Map<string, Float64Array>, { dealer_id, sku_id }: Fields, value: number): Float64Array {
  const key = `${String(dealer_id)}|${String(sku_id)}`;
  const row = rows.get(key) ?? new Float64Array(DAYS).fill(value);
  rows.set(key, row);
  return row;
}

/** Each day without a snapshot has the last before it. */
function carriedOn(stock: Float64Array): Float64Array {
  let last = NaN;
  return stock.map((units) => (last = Number.isNaN(units) ? last : units));
}
