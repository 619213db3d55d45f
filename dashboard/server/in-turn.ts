export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs what it is given one after another, in the order of asking, whether or not the one before failed. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
