// A thread does not take over the parent's loader on Node 20: register TypeScript here, then run the worker proper.
import { register } from 'tsx/esm/api';

register();
await import('./habit-worker.ts');
