/** A bound on how much may be under way at once; the others wait in order of arrival. */
export class Turns {
  #free: number;
  readonly #queue: { readonly turns: number; readonly go: () => void }[] = [];

  constructor(max: number) {
    this.#free = max;
  }

  /** Takes so many turns at once; `give` must give back as many. */
  async take(turns = 1): Promise<void> {
    if (this.#queue.length === 0 && this.#free >= turns) {
      this.#free -= turns;
      return;
    }
    await new Promise<void>((go) => this.#queue.push({ turns, go }));
  }

  give(turns = 1): void {
    this.#free += turns;
    for (let next = this.#queue[0]; next !== undefined && this.#free >= next.turns; next = this.#queue[0]) {
      this.#queue.shift();
      this.#free -= next.turns;
      next.go();
    }
  }
}
