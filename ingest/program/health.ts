import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { Registry, collectDefaultMetrics } from 'prom-client';
import type { Logger } from './program.ts';

/** Whether a program can do its work now; `reason` says why not. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Ready when all are; else every reason that there is. */
export function allReady(states: readonly Readiness[]): Readiness {
  const reasons = states.flatMap((state) => (state.ready ? [] : [state.reason]));
  return reasons.length === 0 ? { ready: true } : { ready: false, reason: reasons.join('; ') };
}

/** Adds `/healthz` (the process lives), `/readyz` (it can work; 503 with the reason if not) and `/metrics` (Prometheus). */
export function addHealthRoutes(
  app: FastifyInstance,
  readiness: () => Readiness | Promise<Readiness>,
  metrics: Registry,
): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const state = await readiness();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}

/** A registry with the process's own figures (CPU, memory, event loop) in it. */
export function createMetrics(program: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ program });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A small HTTP server with only the health routes, for programs that serve nothing else. Resolves when it listens. */
export async function serveHealth(options: {
  readonly host: string;
  readonly port: number;
  readonly readiness: () => Readiness;
  readonly metrics: Registry;
  readonly log: Logger;
}): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const logger: FastifyBaseLogger = options.log;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
  });
  addHealthRoutes(app, options.readiness, options.metrics);
  const url = await app.listen({ host: options.host, port: options.port });
  options.log.info({ url }, 'listening');
  return { url, close: () => app.close() };
}
