// Plain JavaScript on Node's own modules: the bootstrap needs it before `npm ci` has ever run.

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/** See steps.d.mts. */
export function createSteps(out = process.stdout) {
  return out.isTTY ? liveSteps(out) : plainSteps(out);
}

function plainSteps(out) {
  const say = (line) => out.write(`${line}\n`);
  return {
    say,
    step: (label, work) => {
      say(`… ${label}`);
      return timed(work, (ok, seconds) => say(`${ok ? '✓' : '✗'} ${label} (${seconds} s)`));
    },
  };
}

function liveSteps(out) {
  /** The steps under way, oldest first; they are the last lines on the screen. */
  const active = new Map();
  let drawn = 0;
  let frame = 0;
  let timer;

  const erase = () => (drawn === 0 ? '' : `\x1b[${drawn}A\x1b[0J`);
  const draw = (above = '') => {
    const width = out.columns ?? 80;
    const lines = [...active].map(([label, since]) => {
      const text = `${FRAMES[frame % FRAMES.length]} ${label} ${secondsSince(since)} s`;
      return text.length >= width ? `${text.slice(0, width - 2)}…` : text;
    });
    out.write(erase() + above + lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  const say = (line) => draw(`${line}\n`);
  return {
    say,
    step: (label, work) => {
      active.set(label, performance.now());
      timer ??= setInterval(() => {
        frame += 1;
        draw();
      }, FRAME_MS);
      return timed(work, (ok, seconds) => {
        active.delete(label);
        if (active.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        say(`${ok ? '\x1b[32m✓\x1b[0m' : '\x1b[31m✗\x1b[0m'} ${label} \x1b[2m${seconds} s\x1b[0m`);
      });
    },
  };
}

async function timed(work, ended) {
  const since = performance.now();
  let ok = false;
  try {
    const result = await work();
    ok = true;
    return result;
  } finally {
    ended(ok, secondsSince(since));
  }
}

function secondsSince(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
