/** As a shell tells of a program that SIGPIPE (signal 13) has ended. */
export const BROKEN_PIPE_EXIT_CODE = 141;

/**
 * Ends this process quietly once nobody reads what it prints any more (`… | head`). SIGPIPE does that to other programs; Node ignores
 * the signal, and would end with the stack trace of the write that failed.
 */
export function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(BROKEN_PIPE_EXIT_CODE);
    });
  }
}
