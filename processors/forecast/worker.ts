import { parentPort, workerData } from 'node:worker_threads';
import type { Panel } from '../../models/forecast/panel.ts';
import { runTask, type ForecastTask } from './task.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

/** A thread of the pool: its panel lies on shared memory, tasks come one at a time. */
port.on('message', (task: ForecastTask) => {
  // A failure is thrown out of this thread, which the pool takes as the end of all its work.
  void runTask(workerData as Panel, task).then((result) => {
    port.postMessage(
      result,
      result.forecasts.map(({ values }) => values.buffer as ArrayBuffer),
    );
  });
});
