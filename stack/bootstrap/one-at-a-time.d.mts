/**
 * Does the work while no other process does any under the same file, which holds the id of the one that does. A process that was killed
 * holds nobody up.
 */
export function oneAtATime<Result>(file: string, work: () => Promise<Result>): Promise<Result>;
