import { SingleBar } from 'cli-progress';

/** Tells how far something has got: a bar on a terminal, a plain line for every tenth elsewhere. */
export interface Progress {
  /** `share` from 0 to 1. */
  update(share: number, events: number): void;
  end(): void;
}

/** A progress display on stderr, so that stdout stays for results. */
export function showProgress(title: string): Progress {
  if (process.stderr.isTTY) {
    const bar = new SingleBar({
      format: `${title} {bar} {percentage} % · {events} events`,
      stream: process.stderr,
      hideCursor: true,
    });
    bar.start(1000, 0, { events: 0 });
    return {
      update: (share, events) => {
        bar.update(Math.round(share * 1000), { events });
      },
      end: () => {
        bar.stop();
      },
    };
  }
  let told = 0;
  return {
    update: (share, events) => {
      if (share < told) return;
      process.stderr.write(`${title}: ${Math.floor(share * 100)} %, ${events} events\n`);
      told = (Math.floor(share * 10) + 1) / 10;
    },
    end: () => undefined,
  };
}
