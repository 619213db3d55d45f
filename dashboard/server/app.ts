import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import type { Registry } from 'prom-client';
import type { KeyLookup } from '../../ingest/keys/permit.ts';
import { addHealthRoutes, type Readiness } from '../../ingest/program/health.ts';
import { REFUSALS } from '../../ingest/program/refusals.ts';
import { LIVE_SUBPROTOCOL } from '../../models/contract/live.ts';
import { addAccess } from './auth/access.ts';
import { addSessionRoutes } from './auth/session-routes.ts';
import { compileValidator } from './http/address.ts';
import type { Api } from './http/api.ts';
import { addErrorHandler, refuseUnstorableText, refuseWhileClosing } from './http/errors.ts';
import { openApiDocument, type OpenApiPaths } from './http/openapi.ts';
import { RouteTable } from './http/route-table.ts';
import { CONTENT_SECURITY_POLICY } from './http/security-policy.ts';
import { asyncApiDocument } from './live/asyncapi.ts';
import type { KnownKpis } from './kpis/known-kpis.ts';
import type { Hub } from './live/hub.ts';
import type { LiveLimits } from './live/limits.ts';
import type { DealerStore } from './dealers/dealer-store.ts';
import type { MoneyStore } from './money/money-store.ts';
import { addAlertRoutes, type AlertRoutes } from './routes/alerts.ts';
import type { ForecastExports } from '../../processors/exports/forecast-exports.ts';
import type { SuggestionExports } from '../../processors/exports/suggestion-exports.ts';
import type { ForecastSeries } from './forecasts/forecast-series.ts';
import type { ForecastStore } from './forecasts/forecast-store.ts';
import { addEventsProxy } from './routes/events-proxy.ts';
import { addForecastRoutes } from './routes/forecasts.ts';
import { addKpiRoutes } from './routes/kpis.ts';
import { addLiveEventsRoute } from './routes/live-events.ts';
import { addLiveRoute } from './routes/live.ts';
import { addDealerRoutes } from './routes/dealers.ts';
import { addMoneyRoutes } from './routes/money.ts';
import { addPages, type Pages } from './routes/pages.ts';
import { addSuggestionRoutes } from './routes/suggestions.ts';
import type { SuggestionStore } from './suggestions/suggestion-store.ts';

/** Bodies of our own calls are small; events go past us to the edge. */
const BODY_BYTES_MAX = 64 * 1024;
/** Connections that are no live sockets; the kernel refuses those beyond. */
const HTTP_CONNECTIONS_MAX = 2_000;

/** What the server is made of. */
export interface AppParts {
  readonly hub: Hub;
  readonly limits: LiveLimits;
  readonly keys: KeyLookup;
  readonly adminToken: string;
  readonly edgeUrl: string;
  readonly edgePaths: OpenApiPaths;
  readonly alerts: Omit<AlertRoutes, 'now'>;
  readonly forecasts: ForecastStore;
  readonly forecastExports: ForecastExports;
  readonly forecastSeries: ForecastSeries;
  readonly suggestions: SuggestionStore;
  readonly suggestionExports: SuggestionExports;
  readonly dealers: DealerStore;
  readonly money: MoneyStore;
  readonly knownKpis: KnownKpis;
  /** ISO 4217: the unit of money. */
  readonly reportingCurrency: string;
  /** The built pages; undefined when there are none. */
  readonly pages: Pages | undefined;
  /** Folder of map data that replaces the shipped one; "" = none. */
  readonly geoDir: string;
  readonly version: string;
  readonly readiness: () => Readiness;
  readonly metrics: Registry;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
}

/** Composes the public server. It listens when the caller says so; `close` ends its sockets with 1001. */
export async function buildApp(parts: AppParts): Promise<Api> {
  const { hub, limits } = parts;
  const app: Api = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    // A proxied upload may last, a stalled one may not.
    requestTimeout: 120_000,
    // `refuseWhileClosing` answers with a problem; fastify's own answer would not be one.
    return503OnClosing: false,
    ...REFUSALS,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeContentTypeParser('text/plain');
  app.server.maxConnections = limits.connections_max + HTTP_CONNECTIONS_MAX;
  const routes = new RouteTable();
  routes.watch(app);
  addErrorHandler(app, routes, parts.pages !== undefined);
  refuseWhileClosing(app);

  await app.register(helmet, CONTENT_SECURITY_POLICY);
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(websocket, {
    options: {
      maxPayload: limits.message_bytes_max,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(LIVE_SUBPROTOCOL) ? LIVE_SUBPROTOCOL : false),
    },
    preClose: (done) => {
      hub.stop().then(() => {
        done();
      }, done);
    },
  });

  addHealthRoutes(app, parts.readiness, parts.metrics);
  await addEventsProxy(app, parts.edgeUrl);
  await app.register((api: Api, _options, done) => {
    const access = addAccess(api, parts);
    refuseUnstorableText(api);
    addSessionRoutes(api, access, parts.now);
    addKpiRoutes(api, {
      state: () => hub.state,
      known: parts.knownKpis,
      reporting_currency: parts.reportingCurrency,
      now: parts.now,
    });
    addAlertRoutes(api, { ...parts.alerts, now: parts.now });
    addForecastRoutes(api, {
      exports: parts.forecastExports,
      store: parts.forecasts,
      series: parts.forecastSeries,
      now: parts.now,
    });
    addSuggestionRoutes(api, {
      store: parts.suggestions,
      exports: parts.suggestionExports,
      now: parts.now,
    });
    addDealerRoutes(api, parts.dealers);
    addMoneyRoutes(api, parts.money);
    addLiveRoute(api, hub, limits.close_grace_ms);
    addLiveEventsRoute(api, hub);
    api.get('/v1/openapi.json', { schema: { hide: true } }, () =>
      openApiDocument(routes.routes, parts.edgePaths, parts.version),
    );
    api.get('/v1/asyncapi.json', { schema: { hide: true } }, () => asyncApiDocument(parts.version));
    done();
  });
  if (parts.pages) await addPages(app, parts.pages, parts.geoDir);
  hub.start();
  return app;
}
