import { parentPort, workerData } from 'node:worker_threads';
import type { Panel } from '../../models/forecast/panel.ts';
import { runTask, type ForecastTask } from './task.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

/** A thread of the pool: its panel lies on shared memory, tasks come one at a time. */
port.on('message', (task: ForecastTask) => {
  const result = runTask(workerData as Panel, task);
  port.postMessage(
    result,
    result.forecasts.map(({ values }) => values.buffer as ArrayBuffer),
  );
});
