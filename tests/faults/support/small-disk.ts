import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BALLAST = 'ballast';
const BALLAST_CHUNK = Buffer.alloc(64 * 1024);

/** A file system of a few megabytes in memory, to be filled up. Mounting one needs root. */
export class SmallDisk {
  /** Where it is mounted. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws Error when this process may not mount. */
  static mount(size_mib: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), 'dealerstream-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size_mib}m`, 'tmpfs', folder], { stdio: 'pipe' });
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return new SmallDisk(folder);
  }

  /** null, or why this process cannot have one. */
  static get obstacle(): string | null {
    try {
      SmallDisk.mount(1).unmount();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message.trim() : String(error);
    }
  }

  /** Takes all the space that is left, to the last page. */
  fill(): void {
    const file = openSync(join(this.folder, BALLAST), 'a');
    try {
      for (let size = BALLAST_CHUNK.length; size >= 1;) {
        try {
          writeSync(file, BALLAST_CHUNK, 0, size);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          size >>= 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(join(this.folder, BALLAST), { force: true });
  }

  /** Takes it away. Lazily: the guard of a server that has ended may for a moment still stand in it. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder], { stdio: 'pipe' });
    rmSync(this.folder, { recursive: true });
  }
}
