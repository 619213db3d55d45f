import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePorts } from './ports.ts';

const HOST = '127.0.0.1';
let dataDir: string;
let holder: Server;
let held: number;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'dealerstream-ports-'));
  holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, HOST, resolve));
  held = (holder.address() as AddressInfo).port;
});
afterEach(async () => {
  await new Promise((resolve) => holder.close(resolve));
  rmSync(dataDir, { recursive: true });
});

describe('the public port', () => {
  it('that is asked for and in use is told before anything starts', async () => {
    await expect(choosePorts(dataDir, HOST, held)).rejects.toThrow(`port ${held} of ${HOST} is in use`);
  });

  it('of the last run is another one when it is in use and nobody asks for it', async () => {
    const first = await choosePorts(dataDir, HOST, undefined);
    expect((await choosePorts(dataDir, HOST, undefined)).server).toBe(first.server);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(first.server, HOST, resolve));
    try {
      expect((await choosePorts(dataDir, HOST, undefined)).server).not.toBe(first.server);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it('that is asked for and free is taken', async () => {
    await new Promise((resolve) => holder.close(resolve));
    expect((await choosePorts(dataDir, HOST, held)).server).toBe(held);
    await new Promise<void>((resolve) => holder.listen(held, HOST, resolve));
  });
});
