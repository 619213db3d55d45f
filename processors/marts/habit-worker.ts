import { parentPort } from 'node:worker_threads';
import { judgeHabits, type Habits } from '../../models/diversion/judge-habits.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

port.on('message', (habits: Habits) => {
  port.postMessage(judgeHabits(habits));
});
