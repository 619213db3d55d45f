import { SingleBar } from 'cli-progress';

export interface Progress {
  readonly update: (done: number, note: string) => void;
  readonly stop: () => void;
}

/** Without a terminal one line is printed so often. */
const PLAIN_LINE_EVERY_MS = 5_000;

/** A bar on a terminal; elsewhere a plain line every few seconds. */
export function createProgress(total: number, out: NodeJS.WriteStream): Progress {
  return out.isTTY ? bar(total, out) : plainLines(total, out);
}

function bar(total: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    format: '{bar} {percentage} %  {note}  {duration_formatted}',
    stream,
    hideCursor: true,
  });
  single.start(total, 0, { note: '' });
  return {
    update: (done, note) => {
      single.update(done, { note });
    },
    stop: () => {
      single.stop();
    },
  };
}

function plainLines(total: number, out: NodeJS.WriteStream): Progress {
  let printedAt = Date.now();
  return {
    update: (done, note) => {
      if (Date.now() - printedAt < PLAIN_LINE_EVERY_MS) return;
      printedAt = Date.now();
      out.write(`${Math.floor((100 * done) / Math.max(1, total))} %  ${note}\n`);
    },
    stop: () => undefined,
  };
}
