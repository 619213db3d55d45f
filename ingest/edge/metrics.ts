import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { HeldBytes } from './held-bytes.ts';
import type { RejectReason } from './record-check.ts';

/** What the edge counts. */
export interface EdgeMetrics {
  readonly accepted: (type: string, events: number) => void;
  readonly rejected: (type: string, reason: RejectReason, events: number) => void;
  readonly answered: (status: number) => void;
  readonly acknowledged: (seconds: number) => void;
}

/** Registers the edge's figures; `type` is one of the contract's, so that the label stays small. */
export function createEdgeMetrics(registry: Registry, held: HeldBytes): EdgeMetrics {
  const registers = [registry];
  const accepted = new Counter({
    name: 'dms_edge_events_accepted_total',
    help: 'Events that Kafka has acknowledged',
    labelNames: ['type'],
    registers,
  });
  const rejected = new Counter({
    name: 'dms_edge_events_rejected_total',
    help: 'Records that were rejected, by reason: malformed, invalid, forbidden',
    labelNames: ['type', 'reason'],
    registers,
  });
  const answered = new Counter({
    name: 'dms_edge_answers_total',
    help: 'Answers to posts of events, by HTTP status',
    labelNames: ['status'],
    registers,
  });
  const acknowledged = new Histogram({
    name: 'dms_edge_acknowledge_seconds',
    help: 'Time from a send to its acknowledgement by all in-sync replicas',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Gauge({
    name: 'dms_edge_held_bytes',
    help: 'Bytes of bodies being read, checked or waiting for an acknowledgement',
    registers,
    collect() {
      this.set(held.held);
    },
  });
  return {
    accepted: (type, events) => {
      accepted.inc({ type }, events);
    },
    rejected: (type, reason, events) => {
      if (events > 0) rejected.inc({ type, reason }, events);
    },
    answered: (status) => {
      answered.inc({ status });
    },
    acknowledged: (seconds) => {
      acknowledged.observe(seconds);
    },
  };
}
