import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { HeldBytes } from './held-bytes.ts';
import { ProblemError, comeAgain } from './problem-error.ts';

/** A body may have so many bytes, on the wire and again after decompression. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
const BODY_LIMIT_TOLD = `A body may have at most 16 MiB (${BODY_BYTES_MAX} bytes), compressed and decompressed.`;

/** Seconds after which a request that found the buffer full may find room. */
const FULL_RETRY_S = 1;

/** What the buffer holds for a request, until it is answered. */
export interface Body {
  readonly bytes: Buffer;
  readonly release: () => void;
}

/**
 * Reads a request's body, decompressing `Content-Encoding: gzip`, in bounded memory: it stops at the first byte beyond
 * `BODY_BYTES_MAX` (a gzip bomb never unfolds) or beyond the room in `held`, and lets the rest run into the void so that
 * the client reads the answer.
 * @throws ProblemError 400 (no gzip, cut off), 413, 415 (another encoding), 503 (no room).
 */
export async function readBody(request: IncomingMessage, held: HeldBytes): Promise<Body> {
  const gzip = isGzip(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  let taken = 0;
  const take = (bytes: number): void => {
    if (taken + bytes > BODY_BYTES_MAX) throw tooLarge();
    if (!held.tryTake(bytes))
      throw comeAgain(503, 'The edge holds as much as it can; nothing was taken.', FULL_RETRY_S);
    taken += bytes;
  };
  const release = (): void => {
    held.release(taken);
    taken = 0;
  };
  try {
    const chunks = await (gzip ? readGzip(request, take) : readPlain(request, take));
    return { bytes: Buffer.concat(chunks), release };
  } catch (error) {
    release();
    // Listeners are gone by now: what still comes is read and dropped, for at most the server's request timeout.
    request.resume();
    throw error;
  }
}

function isGzip(encoding: string | undefined): boolean {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'gzip' || name === 'x-gzip') return true;
  if (name === 'identity' || name === '') return false;
  throw new ProblemError(415, `Content-Encoding ${name} is not taken, only gzip.`, {
    'accept-encoding': 'gzip',
  });
}

function readPlain(request: IncomingMessage, take: (bytes: number) => void): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const unlisten = onBody(request, {
      data: (chunk) => {
        take(chunk.length);
        chunks.push(chunk);
      },
      end: () => {
        resolve(chunks);
      },
      fail: (error) => {
        unlisten();
        reject(error);
      },
    });
  });
}

/** Compressed bytes are counted against the limit only: they pass through; the decompressed ones are what is held. */
function readGzip(request: IncomingMessage, take: (bytes: number) => void): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const gunzip = createGunzip();
    const chunks: Buffer[] = [];
    let compressed = 0;
    const fail = (error: Error): void => {
      unlisten();
      gunzip.destroy();
      reject(error);
    };
    const unlisten = onBody(request, {
      data: (chunk) => {
        compressed += chunk.length;
        if (compressed > BODY_BYTES_MAX) throw tooLarge();
        if (gunzip.write(chunk)) return;
        request.pause();
        gunzip.once('drain', () => request.resume());
      },
      end: () => {
        gunzip.end();
      },
      fail,
    });
    gunzip.on('data', (chunk: Buffer) => {
      try {
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        fail(error as Error);
      }
    });
    gunzip.on('end', () => {
      resolve(chunks);
    });
    gunzip.on('error', () => {
      fail(new ProblemError(400, 'The body is not valid gzip, or it is cut off.'));
    });
  });
}

interface BodyListener {
  readonly data: (chunk: Buffer) => void;
  readonly end: () => void;
  /** Called at most once, with what `data` threw or because the client went away. */
  readonly fail: (error: Error) => void;
}

/** Listens to a body's bytes; returns what takes the listeners off. A thrown error of `data` arrives at `fail`. */
function onBody(request: IncomingMessage, listener: BodyListener): () => void {
  const data = (chunk: Buffer): void => {
    try {
      listener.data(chunk);
    } catch (error) {
      listener.fail(error as Error);
    }
  };
  const gone = (): void => {
    if (!request.complete) listener.fail(new ProblemError(400, 'The body was cut off.'));
  };
  request.on('data', data);
  request.on('end', listener.end);
  request.on('error', gone);
  request.on('close', gone);
  return () => {
    request.off('data', data);
    request.off('end', listener.end);
    request.off('close', gone);
    // The error listener stays: an error that comes after the answer must not end the process.
  };
}

function tooLarge(): ProblemError {
  return new ProblemError(413, BODY_LIMIT_TOLD);
}
