import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Destination } from './destination.ts';
import { optionalPackage } from './optional-package.ts';

const PACKAGES = ['@aws-sdk/client-s3@3', '@aws-sdk/lib-storage@3'];
/** S3 takes at most 10,000 parts of at least 5 MiB; four of them are held in memory at once. */
const PART_BYTES_MIN = 8 * 1024 * 1024;
const PARTS_MAX = 9_000;

/**
 * A prefix of an S3 bucket. Credentials, region and endpoint come as for every program of AWS (AWS_PROFILE, AWS_REGION,
 * AWS_ENDPOINT_URL_S3 …); with an endpoint of its own the bucket stands in the path. S3 shows an object only once it is whole: that is what a
 * temporary name is for elsewhere. The parts of an upload that fails are removed.
 */
export async function openBucket(address: URL, folder: string): Promise<Destination> {
  const [s3, { Upload }] = await optionalPackage('s3://', PACKAGES, () =>
    Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]),
  );
  const env = process.env;
  const client = new s3.S3Client({
    forcePathStyle: (env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']) !== undefined,
    // Not every server that speaks S3 knows the checksums that AWS has added since.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const Bucket = address.hostname;
  const prefix = [...decodeURIComponent(address.pathname).split('/'), folder]
    .filter((part) => part !== '')
    .join('/');
  const place = (name: string) => ({ Bucket, Key: `${prefix}/${name}` });
  const orUndefined = async <T>(found: Promise<T>): Promise<T | undefined> => {
    try {
      return await found;
    } catch (error) {
      if (error instanceof s3.NoSuchKey || error instanceof s3.NotFound) return undefined;
      throw error;
    }
  };
  return {
    address: `s3://${Bucket}/${prefix}`,
    read: async (name) => {
      const found = await orUndefined(client.send(new s3.GetObjectCommand(place(name))));
      return found?.Body?.transformToString('utf-8');
    },
    size: async (name) =>
      (await orUndefined(client.send(new s3.HeadObjectCommand(place(name)))))?.ContentLength,
    put: async (name, file) => {
      const { size } = await stat(file);
      await new Upload({
        client,
        params: { ...place(name), Body: createReadStream(file) },
        partSize: Math.max(PART_BYTES_MIN, Math.ceil(size / PARTS_MAX)),
        leavePartsOnError: false,
      }).done();
    },
    remove: async (name) => {
      await client.send(new s3.DeleteObjectCommand(place(name)));
    },
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
