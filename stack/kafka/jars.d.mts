export function kafkaJarsDir(): string;
export function ensureKafkaJars(): Promise<string>;
