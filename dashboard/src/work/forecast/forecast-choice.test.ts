import { expect, it } from 'vitest';
import { comparePath, exportPath, forecastChoiceOf, membersPath, seriesPath } from './forecast-choice.ts';

it('asks the server for what the address says, rows and files alike', () => {
  const choice = forecastChoiceOf('?lang=en&version=fc-1&dealer=%3DD2&grain=week&compare=fc-0');
  expect(seriesPath(choice)).toBe('/v1/forecasts/fc-1/series?grain=week&dealer_id=%3DD2&compare=fc-0');
  expect(comparePath({ ...choice, level: 'dealer' })).toBe(
    '/v1/forecasts/fc-1/compare?with=fc-0&level=dealer&grain=week',
  );
  expect(exportPath(choice, 'xlsx')).toBe('/v1/forecasts/fc-1/export?format=xlsx&grain=week&dealer_id=%3DD2');
});

it('means the latest version and the days of all where the address says nothing', () => {
  expect(seriesPath(forecastChoiceOf('?grain=year'))).toBe('/v1/forecasts/latest/series?grain=day');
  expect(membersPath('', 'sku', '产品')).toBe(
    '/v1/forecasts/latest/members?kind=sku&find=%E4%BA%A7%E5%93%81',
  );
});
