import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands in for an edge where a server is run without one: it is ready, and takes nothing. */
export interface AbsentEdge {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Listens on a free port of loopback. */
export async function startAbsentEdge(): Promise<AbsentEdge> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/readyz' ? 200 : 503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
