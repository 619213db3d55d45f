/**
 * A sink that kills itself at one step of the protocol, as a crash there would: `DIES_AT=insert:after:2` is right after
 * its second insert was answered. For fault tests only.
 */
import { runSink } from '../../../ingest/sink/run-sink.ts';
import { isMoment } from './steps.ts';

const [step = '', moment = '', count = '1'] = (process.env['DIES_AT'] ?? '').split(':');
if (step === '' || !isMoment(moment))
  throw new Error('DIES_AT must be step:before or step:after, and :count');

let left = Number(count);
const die = (): void => {
  left -= 1;
  // Synchronous: nothing of this process runs after it.
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};

function dying<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (name !== step || typeof method !== 'function') return method;
      return async (...args: unknown[]): Promise<unknown> => {
        if (moment === 'before') die();
        const result: unknown = await Reflect.apply(method, target, args);
        if (moment === 'after') die();
        return result;
      };
    },
  });
}

runSink(({ log, ledger }) => ({ log: dying(log), ledger: dying(ledger) }));
