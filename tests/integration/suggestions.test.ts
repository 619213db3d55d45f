import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { postForecastChannel } from './forecast-channel.ts';

/** Orders and transfers that two runs of one cycle suggest. */
let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'));
  await postForecastChannel(pipeline);
  await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '7']);
  await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '8']);
});
afterAll(() => pipeline.stop());

async function json(path: string): Promise<unknown> {
  const response = await pipeline.fetch(path);
  expect(response.status).toBe(200);
  return response.json();
}

interface Suggestion {
  readonly suggestion_id: string;
  readonly [field: string]: unknown;
}

describe('suggestions', () => {
  const listOf = async (query: string): Promise<Suggestion[]> =>
    ((await json(`/v1/${query}`)) as { items: Suggestion[] }).items;
  const decide = (id: string, body: object): Promise<Response> =>
    pipeline.fetch(`/v1/suggestions/${encodeURIComponent(id)}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('order whole packs for who has too little, explain themselves, and come once though two runs made them', async () => {
    const orders = await listOf('replenishment');
    expect(orders.map(({ dealer_id, sku_id }) => [dealer_id, sku_id])).toEqual([
      ['=D2', '0017'],
      ['=D2', 'S2'],
    ]);
    for (const order of orders) {
      const { qty, demand, safety, target, position, rounding } = order as Record<string, number>;
      expect(Number(qty) % 6).toBe(0);
      expect(Number(demand) + Number(safety)).toBeCloseTo(Number(target), 6);
      expect(Number(qty) - Number(rounding)).toBeCloseTo(Number(target) - Number(position), 6);
    }
  });

  it('transfer from the surplus of one dealer what the other will miss, when that gains more than it costs', async () => {
    const transfers = await listOf('transfers');
    expect(transfers).toHaveLength(1);
    expect(transfers[0]).toMatchObject({
      from_dealer_id: 'D1',
      to_dealer_id: '=D2',
      sku_id: '0017',
      state: 'open',
    });
    const { gain, cost, qty, shortage } = transfers[0] as Record<string, unknown>;
    expect(Number(gain)).toBeGreaterThan(Number(cost));
    expect(Number(qty)).toBeGreaterThanOrEqual(Number(shortage));
  });

  it('are accepted, edited or rejected, with a reason, and stay decided when another run is made', async () => {
    const [first, second] = await listOf('replenishment');
    expect((await decide(first?.suggestion_id ?? '', { decision: 'accepted' })).status).toBe(200);
    expect(
      (await decide(second?.suggestion_id ?? '', { decision: 'edited', qty: 12, reason: 'full store' }))
        .status,
    ).toBe(200);
    await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '7']);
    const after = await listOf('replenishment');
    expect(after.map(({ suggestion_id, state }) => [suggestion_id, state])).toEqual([
      [first?.suggestion_id, 'accepted'],
      [second?.suggestion_id, 'edited'],
    ]);
    expect(after.map(({ decided_qty }) => decided_qty)).toEqual([first?.['qty'], 12]);
    expect(await listOf('replenishment?state=open')).toEqual([]);
  });

  it('are not decided without what the decision needs', async () => {
    const [first] = await listOf('replenishment');
    const id = first?.suggestion_id ?? '';
    for (const [body, pointer] of [
      [{ decision: 'rejected' }, '/reason'],
      [{ decision: 'edited', reason: 'x' }, '/qty'],
      [{ decision: 'accepted', qty: 1 }, '/qty'],
    ] as const) {
      const answer = await decide(id, body);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain(pointer);
    }
    expect((await decide('rp:none', { decision: 'accepted' })).status).toBe(404);
  });

  it('come page by page, and as files', async () => {
    const first = (await json('/v1/replenishment?limit=1')) as { items: Suggestion[]; next_cursor: string };
    const second = await listOf(`replenishment?limit=1&cursor=${first.next_cursor}`);
    expect([...first.items, ...second]).toEqual(await listOf('replenishment'));
    const csv = await (await pipeline.fetch('/v1/replenishment?format=csv')).text();
    expect(csv.trimEnd().split('\r\n')).toHaveLength(3);
    expect(csv).toContain(`"'=D2"`);
    expect(csv).not.toContain('"=D2"');
    const book = await readXlsx(
      Buffer.from(await (await pipeline.fetch('/v1/transfers?format=xlsx')).arrayBuffer()),
    );
    expect(book.sheets[0]?.rows).toHaveLength(2);
  });
});
