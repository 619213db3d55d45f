import { product } from '../../../models/contract/reference/product.ts';
import { gtin14, packedGtin } from '../../../models/gs1/identifier.ts';
import type { Kafka } from '../../kafka.ts';
import type { Logger } from '../../program/program.ts';
import { TopicFollower } from '../../topic-follower.ts';

export interface ProductDirectoryOptions {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  readonly log: Logger;
  /** Its reader ended for good: new products are seen no more, so the program must end. */
  readonly onFailure: (error: Error) => void;
}

/** Which SKU a GTIN stands for: the newest version of each product, read off its topic and followed from then on. */
export class ProductDirectory {
  readonly #skuByGtin = new Map<string, string>();
  #follower: TopicFollower | undefined;

  private constructor() {}

  /** Resolves when every product that was in the topic at the call is known. @throws when Kafka cannot be read. */
  static async start(options: ProductDirectoryOptions): Promise<ProductDirectory> {
    const directory = new ProductDirectory();
    directory.#follower = await TopicFollower.start({
      ...options,
      topic: product.topic,
      apply: (value) => {
        directory.#apply(value, options.log);
      },
    });
    options.log.info({ gtins: directory.#skuByGtin.size }, 'products loaded');
    return directory;
  }

  /**
   * That of the product with this GTIN; of a packaging that is no product itself, that of the item that it holds.
   * @param gtin 14 digits
   */
  skuOf(gtin: string): string | undefined {
    return this.#skuByGtin.get(gtin) ?? this.#skuByGtin.get(packedGtin(gtin) ?? '');
  }

  /** Leaves Kafka; what is known stays readable. */
  async stop(): Promise<void> {
    await this.#follower?.stop();
  }

  #apply(value: Buffer | null, log: Logger): void {
    let version: unknown;
    try {
      version = JSON.parse(value?.toString() ?? 'null');
    } catch (error) {
      // What is no product goes to the dead letters by the sink; here it names no GTIN.
      log.debug({ err: error }, 'a message of the products topic is no JSON');
      return;
    }
    if (typeof version !== 'object' || version === null) return;
    const { gtin, sku_id } = version as Readonly<Record<string, unknown>>;
    if (typeof gtin === 'string' && typeof sku_id === 'string') this.#skuByGtin.set(gtin14(gtin), sku_id);
  }
}
