import { DAY_MS, HOUR_MS, midnight } from '../time.ts';
import type { Dealer } from '../world/dealers.ts';
import { after, type Channel } from './channel.ts';

/** What a dealer's people do on an ordinary day, with its chance. */
const DAILY = [
  { kind: 'login', chance: 0.3 },
  { kind: 'lead_created', chance: 0.05 },
  { kind: 'training_completed', chance: 0.012 },
  { kind: 'ticket', chance: 0.015 },
] as const;
const LEAD_WON_CHANCE = 0.35;

/** Plans the day's acts of one dealer between 8:00 and 20:00. */
export function planActivity(channel: Channel, dealer: Dealer): void {
  const random = channel.random.activity;
  for (const { kind, chance } of DAILY) {
    if (!random.chance(chance)) continue;
    channel.queue.plan(midnight(channel.stream.now_ms) + random.between(8, 20) * HOUR_MS, () => {
      const subject_id = act(channel, dealer, kind);
      if (kind === 'lead_created' && random.chance(LEAD_WON_CHANCE))
        after(channel, random.between(2, 25) * DAY_MS, () => act(channel, dealer, 'lead_won', subject_id));
    });
  }
}

/** A dealer signs in, as before an order. */
export function logIn(channel: Channel, dealer: Dealer): void {
  act(channel, dealer, 'login');
}

/** A dealer asks to return goods; some days later the return is closed and `settle` called. */
export function requestReturn(channel: Channel, dealer: Dealer, return_id: string, settle: () => void): void {
  act(channel, dealer, 'return_requested', return_id);
  after(channel, channel.random.activity.between(2, 12) * DAY_MS, () => {
    settle();
    act(channel, dealer, 'return_closed', return_id);
  });
}

function act(channel: Channel, dealer: Dealer, kind: string, subject?: string): string {
  const number = ++channel.born.acts;
  const subject_id = subject ?? `${kind}-${number}`;
  const user_ref = `${dealer.dealer_id}-u${(number % 3) + 1}`;
  channel.stream.emit('activity', String(number), {
    dealer_id: dealer.dealer_id,
    kind,
    user_ref,
    ...(kind === 'login' ? {} : { subject_id }),
  });
  return subject_id;
}
