import { UsageError } from '../../../ingest/program/command.ts';
import { openBucket } from './bucket.ts';
import { openFolder } from './folder.ts';
import { openSftp, type SftpAccess } from './sftp.ts';

/** One folder that files are put into: on this machine, in a bucket, on another machine. One delivery at a time. */
export interface Destination {
  /** As people may see it: without secrets. */
  readonly address: string;
  /** The text of a small file; undefined where there is none. */
  read(name: string): Promise<string | undefined>;
  /** Bytes of a file; undefined where there is none. */
  size(name: string): Promise<number | undefined>;
  /** Puts a local file there. It appears under its name whole or not at all, and replaces the one of that name. */
  put(name: string, file: string): Promise<void>;
  /** Also where there is none. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a folder below an address: `/path` or `path` (made where it is not there), `s3://bucket/prefix`, `sftp://user@host:port/path`.
 * @throws UsageError for an address that is none of these, or whose package is not installed
 */
export async function openDestination(to: string, folder: string, access: SftpAccess): Promise<Destination> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(to)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return openFolder(to, folder);
    case 's3':
      return openBucket(address(to), folder);
    case 'sftp':
      return openSftp(address(to), folder, access);
    default:
      throw new UsageError(`--to: ${scheme}:// is not known; a folder, s3:// or sftp:// is`);
  }
}

function address(to: string): URL {
  if (!URL.canParse(to)) throw new UsageError('--to: is no address');
  const url = new URL(to);
  if (url.hostname === '') throw new UsageError('--to: names no bucket or host');
  if (url.password !== '')
    throw new UsageError('--to: a password does not belong into an address; set DMS_SFTP_PASSWORD');
  return url;
}
