/** What somebody may do beyond nothing: `read` all but money; `plan`: decide on suggestions, override forecasts; `investigate`: move cases; `see_money`. */
export type Right = 'read' | 'plan' | 'investigate' | 'see_money';

/** Who people are to the server. A display is a viewer; whoever has the admin token is the admin. */
export const ROLES = ['viewer', 'planner', 'investigator', 'analyst', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Roles that a person's key can have. */
export const PERSON_ROLES = [
  'viewer',
  'planner',
  'investigator',
  'analyst',
] as const satisfies readonly Role[];
export type PersonRole = (typeof PERSON_ROLES)[number];

const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['read'],
  planner: ['read', 'plan'],
  investigator: ['read', 'investigate'],
  analyst: ['read', 'see_money'],
  admin: ['read', 'plan', 'investigate', 'see_money'],
};

export function hasRight(role: Role, right: Right): boolean {
  return RIGHTS[role].includes(right);
}

/** The roles that have a right, for telling who may. */
export function rolesWith(right: Right): Role[] {
  return ROLES.filter((role) => hasRight(role, right));
}
