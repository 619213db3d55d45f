import { readConfig } from '../program/config.ts';
import { runProgram } from '../program/program.ts';
import { EDGE_VARIABLES, startEdge } from './edge.ts';

/** The edge as a program: takes events over HTTP and answers once they are safe in Kafka. */
runProgram('edge', (log) =>
  startEdge(readConfig(EDGE_VARIABLES), log, (error) => {
    log.fatal({ err: error }, 'keys or products can be followed no more');
    process.exit(1);
  }),
);
