export interface Steps {
  /** Shows `label` as under way while `work` runs, then how it ended and how long it took. Steps may run side by side. */
  step<T>(label: string, work: () => T | Promise<T>): Promise<T>;
  /** Prints a line for good, above the steps under way. */
  say(line: string): void;
}
/** A live list on a terminal; plain lines, one at the start and one at the end of a step, anywhere else. */
export function createSteps(out?: NodeJS.WriteStream): Steps;
