/** What a partitioner is asked about; see `ICustomPartitioner` of kafkajs. */
interface Placement {
  readonly partitionMetadata: readonly { readonly partitionId: number }[];
  readonly message: { readonly key?: Buffer | string | null };
}

/**
 * Puts a key where every client of Kafka puts it by default: murmur2 of its UTF-8 bytes, made positive, modulo the number
 * of partitions. The same as kafkajs's own partitioner, which computes in 64-bit objects and takes more time than the
 * rest of a small event's way through this program. Every message here has a key.
 */
export function keyPartitioner(): (placement: Placement) => number {
  return ({ partitionMetadata, message: { key } }) => {
    if (key === undefined || key === null) throw new Error('a message without a key has no partition');
    return partitionOf(key, partitionMetadata.length);
  };
}

/** The partition of a key among `partitions`. */
export function partitionOf(key: Buffer | string, partitions: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** MurmurHash2, 32 bits, with Kafka's seed (org.apache.kafka.common.utils.Utils.murmur2). */
function murmur2(data: Buffer): number {
  const whole = data.length & ~3;
  let hash = SEED ^ data.length;
  for (let i = 0; i < whole; i += 4) {
    let word = Math.imul(data.readInt32LE(i), MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (whole < data.length) {
    hash = Math.imul(hash ^ data.readUIntLE(whole, data.length - whole), MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}
