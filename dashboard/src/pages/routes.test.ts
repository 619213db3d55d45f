import { describe, expect, it } from 'vitest';
import { WALL_PAGES, WORK_PAGES, routeOf, wallPageAfter, wallPath, workPath } from './routes.ts';

describe('routeOf', () => {
  it('leads every wall page’s own path back to it', () => {
    for (const page of WALL_PAGES) expect(routeOf(wallPath(page))).toEqual({ page: 'wall', wall_page: page });
  });

  it('takes / and /wall for the first page, and a trailing slash for none', () => {
    for (const path of ['/', '/wall', '/wall/', '/wall/main/']) {
      expect(routeOf(path)).toEqual({ page: 'wall', wall_page: 'main' });
    }
  });

  it('leads the path of a case back to it, whatever its id holds', () => {
    for (const alert_id of ['D1|440000|S1', 'a/b?c', '案件 7%']) {
      expect(routeOf(workPath('alerts', alert_id))).toEqual({
        page: 'work',
        work_page: 'alerts',
        id: alert_id,
      });
    }
    for (const work_page of WORK_PAGES)
      expect(routeOf(`${workPath(work_page)}/`)).toEqual({ page: 'work', work_page });
    expect(routeOf('/alerts/%E0%A4%A')).toEqual({ page: 'not_found' });
  });

  it('knows what it does not know', () => {
    for (const path of ['/wall/elsewhere', '/elsewhere', '/alerts/7/8'])
      expect(routeOf(path)).toEqual({ page: 'not_found' });
  });

  it('flipping as many times as there are pages comes back, in both directions', () => {
    for (const page of WALL_PAGES) {
      expect(wallPageAfter(page, WALL_PAGES.length)).toBe(page);
      expect(wallPageAfter(wallPageAfter(page, -1), 1)).toBe(page);
    }
  });
});
