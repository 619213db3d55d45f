import { expect, test } from 'vitest';
import { judgeTrail } from './judge.ts';
import { CHENGDU, consumerAt, GUANGZHOU, ms, scanAt, trailOf, unshippedAt, XIAN } from './some-trail.ts';
import type { TrailScan } from './trail.ts';

test('what consumers saw of a copied code is one case without a region, what a dealer saw keeps its own', () => {
  const far = { ...GUANGZHOU, is_outside: true };
  const { signals } = judgeTrail(
    trailOf([
      consumerAt(1),
      consumerAt(50, { ...CHENGDU, is_outside: true }),
      consumerAt(90, { ...XIAN, is_outside: true }),
      scanAt(200, { ...far, dealer_id: 'D2' }),
    ]),
    ms(300),
  );
  const regions = (kind: string) => signals.filter((one) => one.kind === kind).map(({ region }) => region);
  expect(regions('clone')).toEqual(['']);
  expect(regions('out_of_territory')).toEqual([GUANGZHOU.adcode]);
});

test('copies of which all were scanned in one prefecture are about that', () => {
  const { signals } = judgeTrail(
    trailOf([1, 2, 3, 4, 5, 6, 7].map((hours) => consumerAt(hours, GUANGZHOU))),
    ms(300),
  );
  expect(signals.map(({ kind, region }) => [kind, region])).toEqual([['clone', GUANGZHOU.adcode]]);
});

test('a scan without a place is about the region where the code was seen last', () => {
  const nowhere = { lon: null, lat: null, adcode: '', has_position: false };
  const { signals } = judgeTrail(
    trailOf([
      scanAt(1, { biz_step: 'packing', parent_code: 'CASE-1', dealer_id: 'HQ', ...nowhere }),
      scanAt(20, GUANGZHOU),
      scanAt(30, { biz_step: 'packing', parent_code: 'CASE-2', dealer_id: 'HQ', ...nowhere }),
    ]),
    ms(300),
  );
  expect(signals).toMatchObject([{ kind: 'broken_aggregation', region: GUANGZHOU.adcode }]);
});

test('goods that were only ever seen where no prefecture is, as at sea, make a case about no region', () => {
  const at_sea = { adcode: '' };
  const { signals } = judgeTrail(
    trailOf([
      scanAt(-5, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-1', ...at_sea }),
      scanAt(30, { parent_code: 'CASE-2', ...at_sea }),
    ]),
    0,
  );
  expect(signals).toMatchObject([{ kind: 'broken_aggregation', region: '' }]);
});

test("goods found abroad are found in no region, wherever they were before, nor at the manufacturer's", () => {
  const hanoi = { lon: 105.85, lat: 21.03, adcode: '', is_outside: true, dealer_id: 'D2' };
  const { signals } = judgeTrail(
    trailOf([
      scanAt(-5, { biz_step: 'packing', dealer_id: 'HQ', ...XIAN }),
      scanAt(20, GUANGZHOU),
      scanAt(30, hanoi),
    ]),
    0,
  );
  expect(signals.map(({ kind, region }) => [kind, region])).toEqual([
    ['out_of_territory', ''],
    ['wrong_receiver', ''],
  ]);
});

test('the manufacturer found nothing where it packs and ships; where its inspector stands something was', () => {
  const nowhere = { lon: null, lat: null, adcode: '', has_position: false };
  const packed = scanAt(-5, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-1', ...XIAN });
  const regions = (...scans: TrailScan[]) =>
    judgeTrail(trailOf([packed, ...scans]), 0).signals.map(({ region }) => region);
  expect(regions(scanAt(30, { parent_code: 'CASE-2', ...nowhere }))).toEqual(['']);
  const packed_again = scanAt(30, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-2', ...XIAN });
  expect(regions(packed_again)).toEqual(['']);
  expect(regions(packed_again, scanAt(40, GUANGZHOU))).toEqual([GUANGZHOU.adcode]);
  const inspected = { biz_step: 'inspecting', dealer_id: 'HQ', is_outside: true, ...CHENGDU } as const;
  expect(regions(scanAt(30, inspected))).toEqual([CHENGDU.adcode]);
});

test('a held signal is none, but says when to ask again', () => {
  const trail = trailOf([unshippedAt(-48, { biz_step: 'consumer_scan', dealer_id: '' })]);
  expect(judgeTrail(trail, ms(-47))).toEqual({ signals: [], due_ms: ms(-42) });
  expect(judgeTrail(trail, ms(0)).due_ms).toBeNull();
});

test('a case is about a prefecture, however closely a dealer tells its place', () => {
  const packed = scanAt(-5, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-1' });
  const regions = ['440106', '440100', '500100', '440000'].map((adcode) => {
    const second = scanAt(30, { parent_code: 'CASE-2', adcode });
    return judgeTrail(trailOf([packed, second]), 0).signals.map(({ region }) => region);
  });
  expect(regions).toEqual([['440100'], ['440100'], ['500000'], ['440000']]);
});
