/**
 * Questions that are asked at the same moment become one request: each costs a server some milliseconds, whatever it asks. The
 * request is sent after the last of them was asked, so that no answer is older than its question.
 */
export class Together<Q, A> {
  readonly #answer: (questions: readonly Q[]) => Promise<readonly A[]>;
  #asked: {
    readonly question: Q;
    readonly resolve: (answer: A) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  /** `answer` gives the answers in the order of the questions. What it throws, each of them is told. */
  constructor(answer: (questions: readonly Q[]) => Promise<readonly A[]>) {
    this.#answer = answer;
  }

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ question, resolve, reject });
      if (this.#asked.length === 1) setImmediate(() => void this.#send());
    });
  }

  async #send(): Promise<void> {
    const asked = this.#asked.splice(0);
    try {
      const answers = await this.#answer(asked.map(({ question }) => question));
      asked.forEach(({ resolve, reject }, i) => {
        const answer = answers[i];
        if (answer === undefined)
          reject(new Error(`of ${asked.length} questions the one at ${i} was not answered`));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
