import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';

/** One route as it was declared. */
export interface Route {
  readonly method: string;
  /** With `:name` for a parameter and `*` at the end for any rest. */
  readonly url: string;
  readonly schema: FastifySchema;
}

/** All routes of the server, noted as they are declared: what the OpenAPI document and a 405 are made from. */
export class RouteTable {
  readonly #routes: Route[] = [];
  readonly #patterns = new Map<string, RegExp>();

  /** Notes every route that is declared on `app` from now on. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', (route: RouteOptions) => {
      for (const method of [route.method].flat()) {
        this.#routes.push({ method: method.toUpperCase(), url: route.url, schema: route.schema ?? {} });
      }
      this.#patterns.set(route.url, patternOf(route.url));
    });
  }

  get routes(): readonly Route[] {
    return this.#routes;
  }

  /** The methods under which this path would be answered. */
  methodsOf(path: string): string[] {
    const methods = this.#routes.filter(({ url }) => url !== '/*' && this.#patterns.get(url)?.test(path));
    return [...new Set(methods.map(({ method }) => method))].toSorted();
  }
}

function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:[^/]+/g, '[^/]+').replace('*', '.*')}$`);
}

/** The path of a request's address, without its query. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
