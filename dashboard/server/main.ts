import { readConfig } from '../../ingest/program/config.ts';
import { runProgram } from '../../ingest/program/program.ts';
import { SERVER_VARIABLES, startServer } from './server.ts';

/** `npm run server`: the public server. Sockets end with 1001 at a stop, so that the walls come back by themselves. */
runProgram('server', (log) =>
  startServer(readConfig(SERVER_VARIABLES), log, (error) => {
    // Thrown outside of every promise: the program's frame tells it and ends the process.
    setImmediate(() => {
      throw error;
    });
  }),
);
