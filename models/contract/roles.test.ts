import { expect, test } from 'vitest';
import { PERSON_ROLES, ROLES, hasRight, rolesWith, type Right } from './roles.ts';

const RIGHTS: readonly Right[] = ['read', 'plan', 'investigate', 'see_money'];

test('everybody reads, the admin may do all, and no person’s key may do all', () => {
  for (const role of ROLES) expect(hasRight(role, 'read')).toBe(true);
  for (const right of RIGHTS) expect(rolesWith(right)).toContain('admin');
  for (const role of PERSON_ROLES) expect(RIGHTS.every((right) => hasRight(role, right))).toBe(false);
});

test('each right beyond reading is one role’s and the admin’s', () => {
  expect(rolesWith('plan')).toEqual(['planner', 'admin']);
  expect(rolesWith('investigate')).toEqual(['investigator', 'admin']);
  expect(rolesWith('see_money')).toEqual(['analyst', 'admin']);
});
