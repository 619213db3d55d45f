import { createServer, type Server } from 'node:net';

/**
 * Picks `count` different TCP ports that are free on `host` now; those of `preferred` that are free come first.
 * A port is not reserved: another process may take it before it is used, which the user of the port must tell as a failure.
 */
export async function freePorts(
  count: number,
  preferred: readonly number[] = [],
  host = '127.0.0.1',
): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (const port of [...preferred.slice(0, count), ...Array<number>(count).fill(0)]) {
      if (ports.length === count) break;
      const server = await listen(port, host);
      if (server === undefined) continue;
      held.push(server);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
      ports.push(address.port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** undefined when the port is taken or may not be used. */
function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      resolve(server);
    });
  });
}
