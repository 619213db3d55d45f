import { InvalidArgumentError } from 'commander';

/**
 * How an option of a command reads a whole number.
 * @throws InvalidArgumentError when it is none, or less than `least`
 */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`not a whole number ≥ ${least}`);
    return value;
  };
}

/** The same of several, by comma. */
export function wholeNumbers(least: number): (text: string) => number[] {
  const read = wholeNumber(least);
  return (text) => text.split(',').map((one) => read(one));
}
