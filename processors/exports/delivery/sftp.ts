import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { UsageError } from '../../../ingest/program/command.ts';
import type { Destination } from './destination.ts';
import { optionalPackage } from './optional-package.ts';

const READY_MS_MAX = 20_000;

/** How one signs in; "" = not that way. */
export interface SftpAccess {
  readonly password: string;
  /** File of a private key. */
  readonly key_file: string;
  /** Fingerprint that the server's key must have, as `ssh-keygen -lf` prints it: SHA256:… */
  readonly host_key: string;
}

/**
 * A folder on an SFTP server; made where it is not there. The server must show the key that is expected. One signs in with a password or a key
 * file, else by the agent of SSH_AUTH_SOCK. Files are renamed by OpenSSH's posix-rename, which replaces in one step.
 * @throws UsageError naming the fingerprint of a server whose key is not the expected one
 */
export async function openSftp(address: URL, folder: string, access: SftpAccess): Promise<Destination> {
  const { default: SftpClient } = await optionalPackage(
    'sftp://',
    ['ssh2-sftp-client@12'],
    () => import('ssh2-sftp-client'),
  );
  const { hostname, port, username, pathname } = address;
  const path = posix.join(decodeURIComponent(pathname) || '/', folder);
  const agent = process.env['SSH_AUTH_SOCK'];
  let shown = '';
  // Left alone, the library writes what happens to the connection to the console; a failure rejects the call that it breaks.
  const client = new SftpClient('exports', { error: noop, end: noop, close: noop });
  try {
    await client.connect({
      host: hostname,
      port: port === '' ? 22 : Number(port),
      username: decodeURIComponent(username),
      readyTimeout: READY_MS_MAX,
      hostVerifier: (key: Buffer) => {
        shown = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
        return shown === access.host_key;
      },
      ...(access.password === '' ? {} : { password: access.password }),
      ...(access.key_file === '' ? {} : { privateKey: await readFile(access.key_file) }),
      ...(access.password === '' && access.key_file === '' && agent !== undefined ? { agent } : {}),
    });
  } catch (error) {
    if (shown === '' || shown === access.host_key) throw error;
    throw new UsageError(
      `${hostname} shows the key ${shown}, and ${access.host_key === '' ? 'none' : access.host_key} is expected. ` +
        'Once you know that it is the right one, set DMS_SFTP_HOST_KEY to it',
      { cause: error },
    );
  }
  try {
    await client.mkdir(path, true);
  } catch (error) {
    await client.end();
    throw error;
  }
  const size = async (name: string): Promise<number | undefined> =>
    (await client.exists(`${path}/${name}`)) === false
      ? undefined
      : (await client.stat(`${path}/${name}`)).size;
  return {
    address: `sftp://${address.host}${path}`,
    size,
    read: async (name) => {
      if ((await size(name)) === undefined) return undefined;
      const got: unknown = await client.get(`${path}/${name}`);
      return String(got);
    },
    put: async (name, file) => {
      const partial = `${path}/.${name}.partial`;
      await client.put(file, partial);
      await client.posixRename(partial, `${path}/${name}`);
    },
    remove: async (name) => {
      await client.delete(`${path}/${name}`, true);
    },
    close: async () => {
      await client.end();
    },
  };
}

function noop(): void {
  // Told elsewhere.
}
