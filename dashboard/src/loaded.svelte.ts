/**
 * Something that is loaded, as reactive state. Not by `{#await}`: that keeps what every promise brought for as long as the document lives
 * (Svelte 5.57 lists what it writes while no effect runs, and nothing empties that list), which on a wall is weeks.
 */
export class Loaded<T> {
  /** Undefined until it is there. */
  value = $state.raw<T | undefined>(undefined);
  /** The last attempt failed. */
  isMissing = $state(false);
  private isUnderWay = false;
  private readonly name: string;
  private readonly load: () => Promise<T>;

  /** @param name of what it is, where a failure is told */
  constructor(name: string, load: () => Promise<T>) {
    this.name = name;
    this.load = load;
  }

  /** Loads it, unless it is there or on its way. */
  ask(): void {
    if (this.isUnderWay || this.value !== undefined) return;
    this.isUnderWay = true;
    void this.attempt();
  }

  private async attempt(): Promise<void> {
    try {
      this.value = await this.load();
      this.isMissing = false;
    } catch (error) {
      console.error(`${this.name} could not be loaded`, error);
      this.isMissing = true;
    } finally {
      this.isUnderWay = false;
    }
  }
}
