/** What of a broker's configuration differs from one stack to the next. */
export interface BrokerAddress {
  /** Absolute folder of the broker's log. */
  logDir: string;
  brokerPort: number;
  controllerPort: number;
}

/**
 * A value may be 6 MB: larger than any event the edge accepts, so that a poison value written past the edge reaches the
 * sink and is dealt with there.
 */
const MESSAGE_BYTES_MAX = 6 * 1024 * 1024;

/**
 * The properties file of one broker that is its own controller (KRaft, no replication: one machine). Everything that
 * Kafka replicates by default is set to one copy; thread pools and the cleaner's buffer are sized for two cores.
 * Retention is a week unless a topic's creator says otherwise; nothing creates a topic by touching it.
 */
export function brokerProperties({ logDir, brokerPort, controllerPort }: BrokerAddress): string {
  const broker = `127.0.0.1:${brokerPort}`;
  const controller = `127.0.0.1:${controllerPort}`;
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir,

    'auto.create.topics.enable': false,
    'num.partitions': 4,
    'log.retention.hours': 7 * 24,
    'message.max.bytes': MESSAGE_BYTES_MAX,
    'replica.fetch.max.bytes': MESSAGE_BYTES_MAX,
    // A stack that stood still for some weeks finds its groups' offsets again.
    'offsets.retention.minutes': 60 * 24 * 60,

    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,

    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 4,
    // 128 MiB by default, allocated at the start: a quarter of this broker's heap, for a few thousand compacted keys.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    // A no-op record every 500 ms tells followers that a controller lives; there are no followers.
    'metadata.max.idle.interval.ms': 0,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}\n`)
    .join('');
}

/** java.util.Properties reads a backslash as the start of an escape, and strips blanks before a value. */
function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replace(/^ /, '\\ ');
}
