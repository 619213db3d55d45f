import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedEvent } from '../flow/event-stream.ts';
import { linesByType, type Destination } from './destination.ts';

/** One NDJSON file a type, `<type>.ndjson`, written afresh. */
export class FolderDestination implements Destination {
  readonly #folder: string;
  readonly #files = new Map<string, FileHandle>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async deliver(events: readonly SimulatedEvent[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const [type, lines] of linesByType(events)) {
      let file = this.#files.get(type);
      if (file === undefined) {
        file = await open(join(this.#folder, `${type}.ndjson`), 'w');
        this.#files.set(type, file);
      }
      await file.write(`${lines.join('\n')}\n`);
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close();
  }
}
