import { runSink } from './run-sink.ts';

runSink();
