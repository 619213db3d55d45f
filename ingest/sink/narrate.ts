import type { Logger } from '../program/program.ts';
import type { PartitionEvent } from './protocol/partition.ts';

/** Says in the log what a partition tells: losses and anomalies as warnings or errors, the everyday at debug. */
export function narrate(log: Logger, event: PartitionEvent): void {
  switch (event.kind) {
    case 'trouble':
      log.warn({ step: event.step, since_ms: event.since_ms, err: event.error }, 'step failed, trying again');
      break;
    case 'over':
      log.info({ step: event.step, after_ms: event.after_ms }, 'step succeeded again');
      break;
    case 'unclear_answer':
      log.warn({ first: event.first, last: event.last, err: event.error }, 'insert without a clear answer');
      break;
    case 'orphan_token':
      log.warn(
        { token: event.token },
        'token is known but its rows are not there: inserting under another one',
      );
      break;
    case 'refused':
      log.info({ first: event.first, last: event.last, reason: event.code }, 'block refused for its data');
      break;
    case 'dead_letter':
      log.warn({ offset: event.offset, reason: event.code, detail: event.detail }, 'message set aside');
      break;
    case 'takeover':
      log.info({ position: event.position, open: event.open, found: event.found }, 'partition taken over');
      break;
    case 'loss':
      log.error(
        { first: event.first, last: event.last },
        'LOSS: Kafka forgot offsets that were never stored',
      );
      break;
    case 'gap':
      log.warn({ first: event.first, last: event.last }, 'Kafka has no record at these offsets');
      break;
    case 'stored':
      log.debug({ rows: event.rows, bytes: event.bytes, insert_ms: event.insert_ms }, 'block stored');
      break;
  }
}
